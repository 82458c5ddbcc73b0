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

/** Fills in what is not given by what the host has. */
export function resolveEnv(given: Partial<Env> = {}): Env {
  return Object.keys(given).length === 0 ? hostEnv : completed(given)
}

function completed({
  clock = systemClock,
  signals = pageSignals,
  frames,
  random = () => Math.random(),
}: Partial<Env>): Env {
  return { clock, signals, frames: frames ?? pageFrames(clock, signals), random }
}

// Shared by all clients of a page: it holds nothing of theirs.
const hostEnv: Env = /* @__PURE__ */ completed({})
