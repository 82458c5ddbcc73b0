/** Time as the rest of the library sees it. Implemented by the browser or Node, and by FakeClock in tests. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch; may jump. For what people read (`nextRetryAt`). */
  now(): number
  /** Milliseconds that only ever grow. For deadlines. */
  monotonic(): number
  /** Runs `callback` once after `delayMs` (MUST accept delays beyond 2^31-1). The returned cancel is idempotent. */
  schedule(delayMs: number, callback: () => void): () => void
}

// setTimeout fires at once for delays beyond this (a 32-bit integer), so longer ones are walked in steps.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback) {
    if (delayMs > LONGEST_TIMER_MS) return scheduleInSteps(delayMs, callback)
    const timer = setTimeout(callback, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}

function scheduleInSteps(delayMs: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const step = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, LONGEST_TIMER_MS)
    timer = setTimeout(() => (leftMs > stepMs ? step(leftMs - stepMs) : callback()), stepMs)
  }
  step(delayMs)
  return () => clearTimeout(timer)
}
