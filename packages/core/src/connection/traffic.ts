import type { Clock } from '../env/clock.ts'

const WINDOW_MS = 1_000

/** What has arrived so far, and how much of it in a second. */
export interface TrafficStats {
  /** Frames, those of auth and heartbeat included, each once however many messages it holds. */
  readonly frames: number
  /** Their size: bytes, and for text the characters. */
  readonly bytes: number
  /** Averaged since these figures were asked for before, if that was at least a second ago; else the ones given then. */
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
}

const NO_RATES: Pick<TrafficStats, 'framesPerSecond' | 'bytesPerSecond'> = { framesPerSecond: 0, bytesPerSecond: 0 }

/** Counts frames. Reads the clock only when it is asked, so that a frame costs two additions. */
export class Traffic {
  readonly #clock: Clock
  #frames = 0
  #bytes = 0
  /** When the rates were last worked out, and from what. */
  #since: number
  #framesThen = 0
  #bytesThen = 0
  #rates = NO_RATES

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.monotonic()
  }

  add(bytes: number): void {
    this.#frames += 1
    this.#bytes += bytes
  }

  get stats(): TrafficStats {
    const now = this.#clock.monotonic()
    const frames = this.#frames
    const bytes = this.#bytes
    const passedMs = now - this.#since
    if (passedMs >= WINDOW_MS) {
      const seconds = passedMs / 1_000
      this.#rates = {
        framesPerSecond: (frames - this.#framesThen) / seconds,
        bytesPerSecond: (bytes - this.#bytesThen) / seconds,
      }
      this.#since = now
      this.#framesThen = frames
      this.#bytesThen = bytes
    }
    return { frames, bytes, ...this.#rates }
  }
}
