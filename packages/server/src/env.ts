import { randomBytes } from 'node:crypto'

/** Time as the server sees it: the `Clock` of `@statewire/core` fits. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch; may jump. */
  now(): number
  /** Milliseconds that only ever grow. For deadlines. */
  monotonic(): number
  /** Runs `callback` once after `delayMs`. The returned cancel is idempotent. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** What the server takes from its host. Tests pass fakes; applications never need to. */
export interface ServerEnv {
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
  /** A name nobody can guess: 128 random bits. */
  readonly id: () => string
  /** Calls back once this turn of the event loop has done its work. @default setImmediate; with another clock, which stands for no real time, queueMicrotask */
  readonly turn: (callback: () => void) => void
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback) {
    let timer: ReturnType<typeof setTimeout>
    // setTimeout fires at once for delays beyond 2^31-1 ms, so longer ones are walked in steps.
    const step = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS)
      timer = setTimeout(() => (leftMs > stepMs ? step(leftMs - stepMs) : callback()), stepMs)
    }
    step(Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}

/** Fills in what was not given. */
export function resolveEnv({
  clock = systemClock,
  random = Math.random,
  id = () => randomBytes(16).toString('base64url'),
  turn = clock === systemClock ? setImmediate : queueMicrotask,
}: Partial<ServerEnv> = {}): ServerEnv {
  return { clock, random, id, turn }
}
