import type { Clock } from '../env.ts'
import type { HubSocket, LimitOptions } from './types.ts'
import type { Timers } from './timers.ts'
import { charge, pauseMs, take, verdict, type Bucket, type BucketLimits } from './token-bucket.ts'

/** Keeps one client to its rate: reads from it more slowly, and says when that does not help. */
export class Throttle {
  readonly #socket: HubSocket
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #limits: BucketLimits
  #bucket: Bucket
  #paused = false

  constructor(socket: HubSocket, clock: Clock, timers: Timers, limits: Readonly<Required<LimitOptions>>) {
    this.#socket = socket
    this.#clock = clock
    this.#timers = timers
    this.#limits = { perSecond: limits.messagesPerSecond, burst: limits.burst }
    this.#bucket = { tokens: limits.burst, at: clock.monotonic() }
  }

  /** True while nothing is read from the client. */
  get paused(): boolean {
    return this.#paused
  }

  /** Counts one message; false when the client is to be closed. */
  admit(): boolean {
    this.#bucket = take(this.#bucket, this.#clock.monotonic(), this.#limits)
    return this.#judge()
  }

  /** Counts the message as so many more; false when the client is to be closed. */
  charge(messages: number): boolean {
    this.#bucket = charge(this.#bucket, messages)
    return this.#judge()
  }

  #judge(): boolean {
    const now = verdict(this.#bucket, this.#limits)
    if (now === 'slow' && !this.#paused) this.#pause()
    return now !== 'over'
  }

  #pause(): void {
    this.#paused = true
    this.#socket.pause?.()
    this.#timers.schedule(pauseMs(this.#bucket, this.#limits), () => {
      this.#paused = false
      this.#socket.resume?.()
    })
  }
}
