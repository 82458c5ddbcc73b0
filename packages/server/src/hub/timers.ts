import type { Clock } from '../env.ts'

/** Timers with an owner, which ends them all at once. */
export class Timers {
  readonly #clock: Clock
  readonly #cancels = new Set<() => void>()
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Once ended, nothing is scheduled any more. */
  schedule(delayMs: number, callback: () => void): () => void {
    if (this.#ended) return () => {}
    const cancel = (): void => {
      stop()
      this.#cancels.delete(cancel)
    }
    const stop = this.#clock.schedule(delayMs, () => {
      this.#cancels.delete(cancel)
      callback()
    })
    this.#cancels.add(cancel)
    return cancel
  }

  /** Resolves after the delay, or never when the owner ends before. */
  delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.schedule(delayMs, resolve))
  }

  /** Runs the callback again and again, with this pause between. */
  every(delayMs: number, callback: () => void): void {
    this.schedule(delayMs, () => {
      callback()
      this.every(delayMs, callback)
    })
  }

  end(): void {
    this.#ended = true
    for (const cancel of [...this.#cancels]) cancel()
  }
}
