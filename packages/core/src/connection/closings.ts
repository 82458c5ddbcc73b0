import type { Clock } from '../env/clock.ts'
import type { Attempt } from './attempt.ts'

const TIMEOUT_MS = 2_000

/** Those who wait for a link to report its end. None waits longer than 2 s, since a dead link never reports it. */
export class Closings {
  readonly #clock: Clock
  #waiting: readonly (() => void)[] = []
  #last: Attempt | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls back once the link has ended. Without one: once the link before has, if somebody already waits for that. */
  wait(attempt: Attempt | undefined, whenClosed: () => void): void {
    this.#last = attempt ?? this.#last
    if (!this.#last) return whenClosed()
    const finish = (): void => {
      cancel()
      if (!this.#waiting.includes(finish)) return
      this.#waiting = this.#waiting.filter((other) => other !== finish)
      whenClosed()
    }
    const cancel = this.#clock.schedule(TIMEOUT_MS, finish)
    this.#waiting = [...this.#waiting, finish]
    this.#last.whenClosed(finish)
  }

  dispose(): void {
    for (const finish of this.#waiting) finish()
  }
}
