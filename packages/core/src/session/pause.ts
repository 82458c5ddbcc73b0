import type { Clock } from '../env/clock.ts'

/** A time in which the server wants nothing. */
export class Pause {
  readonly #clock: Clock
  readonly #over: () => void
  #until = -Infinity
  #cancel: (() => void) | undefined

  constructor(clock: Clock, over: () => void) {
    this.#clock = clock
    this.#over = over
  }

  get active(): boolean {
    return this.#clock.monotonic() < this.#until
  }

  /** Begins, or goes on, and ends after this time; of none, when the one before does. */
  begin(delayMs: number): void {
    if (delayMs > 0) this.#until = this.#clock.monotonic() + delayMs
    this.#cancel?.()
    this.#cancel = this.#clock.schedule(Math.max(0, this.#until - this.#clock.monotonic()), () => {
      // Said outright: a timer may come a little early, and nobody would ask again.
      this.#until = -Infinity
      this.#over()
    })
  }

  end(): void {
    this.#until = -Infinity
    this.#cancel?.()
  }
}
