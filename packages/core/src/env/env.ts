import { systemClock, type Clock } from './clock.ts'
import { pageFrames, type Frames } from './frames.ts'
import { pageSignals, type Signals } from './signals.ts'

/** Everything the library takes from its host. Tests pass fakes; applications never need to. */
export interface Env {
  readonly clock: Clock
  readonly signals: Signals
  readonly frames: Frames
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
}

/** What the host has. */
export const hostEnv: Env = Object.freeze({
  clock: systemClock,
  signals: pageSignals,
  frames: /* @__PURE__ */ pageFrames(systemClock, pageSignals),
  random: () => Math.random(),
})
