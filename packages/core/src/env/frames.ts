import type { Clock } from './clock.ts'
import type { Signals } from './signals.ts'

/** Says when the page is about to be painted. */
export interface Frames {
  /** Runs `callback` once, before the next paint or soon after when there is none. The returned cancel is idempotent. */
  request(callback: () => void): () => void
}

// A page that is hidden after its frame was requested gets no frame until it is seen again.
const FALLBACK_MS = 100
const NO_FRAMES_MS = 16

/** Animation frames where there are some, timers where there are none (hidden pages, Node, workers). */
export function pageFrames(clock: Clock, signals: Signals): Frames {
  return {
    request(callback) {
      if (signals.hidden || typeof requestAnimationFrame !== 'function') return clock.schedule(NO_FRAMES_MS, callback)
      const run = (): void => {
        cancel()
        callback()
      }
      const frame = requestAnimationFrame(run)
      const cancelTimer = clock.schedule(FALLBACK_MS, run)
      const cancel = (): void => {
        cancelAnimationFrame(frame)
        cancelTimer()
      }
      return cancel
    },
  }
}
