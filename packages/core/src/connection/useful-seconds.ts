import type { Clock } from '../env/clock.ts'

const SECOND_MS = 1_000
const SILENT_SECONDS = 10

/**
 * Counts the seconds in which an open connection was of use: it has received something since it opened, or has been open
 * for ten seconds (a server with nothing to say is not a failing one). Stops when nothing depends on the count any more.
 */
export class UsefulSeconds {
  #heard = false
  #seconds = 0
  #cancel: (() => void) | undefined
  #disposed = false

  /** @param onSecond Called for each useful second; returns whether to go on. */
  constructor(clock: Clock, onSecond: () => boolean) {
    const tick = (): void => {
      this.#seconds++
      const useful = this.#heard || this.#seconds >= SILENT_SECONDS
      this.#cancel = undefined
      // Telling of a second runs the application's code, which may end the connection.
      if ((!useful || onSecond()) && !this.#disposed) this.#cancel = clock.schedule(SECOND_MS, tick)
    }
    this.#cancel = clock.schedule(SECOND_MS, tick)
  }

  heard(): void {
    this.#heard = true
  }

  dispose(): void {
    this.#disposed = true
    this.#cancel?.()
  }
}
