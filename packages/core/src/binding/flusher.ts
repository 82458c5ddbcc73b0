import type { Clock } from '../env/clock.ts'
import type { Frames } from '../env/frames.ts'
import type { FlushOption } from '../options.ts'
import { FLUSH_BYTES, FLUSH_MESSAGES } from './limits.ts'

export interface FlusherDeps {
  /** When to flush. Resolved by the client's options. */
  readonly flush: FlushOption
  readonly clock: Clock
  readonly frames: Frames
  /** Flushes once. MUST NOT throw. */
  readonly onFlush: () => void
}

/** Decides when messages land: as the mode says, or at once when they get too many. */
export class Flusher {
  readonly #deps: FlusherDeps
  #cancel: (() => void) | undefined
  #messages = 0
  #bytes = 0
  #flushing = false
  #disposed = false

  constructor(deps: FlusherDeps) {
    this.#deps = deps
  }

  /** Counts a message that waits; may flush before it returns. */
  add(bytes: number): void {
    this.#messages += 1
    this.#bytes += bytes
    if (this.#deps.flush === 'sync' || this.#messages >= FLUSH_MESSAGES || this.#bytes >= FLUSH_BYTES) this.flush()
    else if (this.#cancel === undefined) this.request()
  }

  /** Sees to a flush soon, never before it returns: in `sync` mode, at the end of the task. */
  request(): void {
    if (this.#cancel || this.#disposed) return
    this.#cancel = this.#schedule(() => {
      this.#cancel = undefined
      this.flush()
    })
  }

  /** Flushes now. What arrives meanwhile has its own flush after this one. */
  flush(): void {
    if (this.#flushing || this.#disposed) return
    this.#flushing = true
    try {
      do {
        this.cancel()
        this.#deps.onFlush()
      } while (this.#isDue())
    } finally {
      this.#flushing = false
    }
  }

  /** Forgets what was counted and the flush that was due. */
  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#messages = 0
    this.#bytes = 0
  }

  dispose(): void {
    this.#disposed = true
    this.cancel()
  }

  #isDue(): boolean {
    if (this.#disposed || this.#messages === 0) return false
    return this.#deps.flush === 'sync' || this.#messages >= FLUSH_MESSAGES || this.#bytes >= FLUSH_BYTES
  }

  #schedule(run: () => void): () => void {
    const { flush, clock, frames } = this.#deps
    if (flush === 'frame') return frames.request(run)
    if (typeof flush === 'object') return clock.schedule(flush.everyMs, run)
    let cancelled = false
    void Promise.resolve().then(() => {
      if (!cancelled) run()
    })
    return () => {
      cancelled = true
    }
  }
}
