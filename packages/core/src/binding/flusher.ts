import type { Clock } from '../env/clock.ts'
import type { Frames } from '../env/frames.ts'
import type { FlushOption } from '../options.ts'
import { FLUSH_BYTES, FLUSH_MESSAGES } from './limits.ts'

export interface FlusherDeps {
  /** When to flush. Resolved by the client's options. */
  readonly flush: FlushOption
  readonly clock: Clock
  readonly frames: Frames
  /** Flushes once; returns false when it left work for later, to let the page have its turn. MUST NOT throw. */
  readonly onFlush: () => boolean
}

/** Decides when messages land: as the mode says, or at once when they get too many. */
export class Flusher {
  readonly #deps: FlusherDeps
  #cancel: (() => void) | undefined
  #messages = 0
  #bytes = 0
  #flushing = false
  // A flush was left half done; nothing but the next frame goes on with it.
  #yielded = false
  #disposed = false

  constructor(deps: FlusherDeps) {
    this.#deps = deps
  }

  /** Counts a message that waits; may flush before it returns. */
  add(bytes: number): void {
    this.#messages += 1
    this.#bytes += bytes
    if (!this.#yielded && this.#isFull()) this.flush()
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
        if (!this.#deps.onFlush()) return this.#yield()
      } while (this.#messages > 0 && this.#isFull() && !this.#disposed)
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
    this.#yielded = false
  }

  dispose(): void {
    this.#disposed = true
    this.cancel()
  }

  #isFull(): boolean {
    return this.#deps.flush === 'sync' || this.#messages >= FLUSH_MESSAGES || this.#bytes >= FLUSH_BYTES
  }

  /** Goes on after the next frame, in every mode; until then nothing forces a flush. */
  #yield(): void {
    if (this.#disposed) return
    this.#cancel?.()
    this.#yielded = true
    this.#cancel = this.#deps.frames.request(() => {
      this.#cancel = undefined
      this.flush()
    })
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
