import type { Clock } from '@statewire/core'
import { made } from './made.ts'

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/** 2030-01-01T00:00:00Z: a round date that no test mistakes for the real one. */
const START_MS = 1_893_456_000_000
const MOST_TIMERS_IN_ONE_ADVANCE = 100_000

/**
 * A clock that moves only when told to. Timers run in the order of their due time, those of one instant in the order
 * they were scheduled, and see the time they were due at.
 *
 * @example
 * const clock = new FakeClock()
 * clock.schedule(500, () => console.log(clock.monotonic()))
 * clock.advance(499) // nothing
 * clock.advance(1) // 500
 */
export class FakeClock implements Clock {
  #timers: Timer[] = []
  #now: number
  #monotonic = 0

  /** @param now Wall-clock time to start at, in milliseconds since the epoch. The monotonic time starts at 0. */
  constructor(now: number = START_MS) {
    this.#now = now
    made({ clock: this })
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#monotonic + Math.max(0, delayMs), callback }
    // Inserted behind its equals, so that the array is always the order of running.
    const behind = this.#timers.findIndex(({ due }) => due > timer.due)
    this.#timers.splice(behind === -1 ? this.#timers.length : behind, 0, timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Remaining delays of all timers in milliseconds, shortest first; 0 for one that is overdue. */
  get pending(): number[] {
    return this.#timers.map(({ due }) => Math.max(0, due - this.#monotonic))
  }

  /**
   * Lets time pass: runs every timer that becomes due, those scheduled meanwhile included, each at its due time.
   * Timers that are overdue (after `sleep`) run first, at the present time. `advance(0)` runs only what is due now.
   *
   * @throws {Error} when 100,000 timers ran and the next one is still due: something reschedules itself without delay.
   */
  advance(ms: number): void {
    const end = this.#monotonic + ms
    for (let ran = 0; ; ran++) {
      const next = this.#timers[0]
      if (!next || next.due > end) break
      if (ran === MOST_TIMERS_IN_ONE_ADVANCE) throw new Error(`${ran} timers ran in advance(${ms}) without an end.`)
      this.#timers.shift()
      this.#move(Math.max(0, next.due - this.#monotonic))
      next.callback()
    }
    // A callback may itself have advanced the clock beyond the end.
    this.#move(Math.max(0, end - this.#monotonic))
  }

  /**
   * Time passes and no timer runs, as on a frozen page or a sleeping machine. What became due stays overdue, so that a
   * test can deliver frames or signals first; the next `advance` (also `advance(0)`) runs it.
   *
   * @param monotonic `false` for machines whose monotonic clock stops while they sleep: only the wall clock moves, and no timer becomes due.
   */
  sleep(ms: number, { monotonic = true }: { readonly monotonic?: boolean } = {}): void {
    if (monotonic) this.#move(ms)
    else this.jump(ms)
  }

  /** Time passes at once, then runs all that became due, late: `sleep(ms)` and `advance(0)`. */
  late(ms: number): void {
    this.sleep(ms)
    this.advance(0)
  }

  /** Moves the wall clock only (may be negative), as when the user or NTP sets it. */
  jump(ms: number): void {
    this.#now += ms
  }

  #move(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
  }
}
