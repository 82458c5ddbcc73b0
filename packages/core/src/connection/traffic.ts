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

/** Counts frames. Reads the clock only when it is asked, so that a frame costs two additions. */
export class Traffic {
  readonly #clock: Clock
  #frames = 0
  #bytes = 0
  #since: { readonly at: number; readonly frames: number; readonly bytes: number }
  #rates: Pick<TrafficStats, 'framesPerSecond' | 'bytesPerSecond'> = { framesPerSecond: 0, bytesPerSecond: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = { at: clock.monotonic(), frames: 0, bytes: 0 }
  }

  add(bytes: number): void {
    this.#frames += 1
    this.#bytes += bytes
  }

  get stats(): TrafficStats {
    const now = this.#clock.monotonic()
    const { at, frames, bytes } = this.#since
    if (now - at >= WINDOW_MS) {
      const seconds = (now - at) / 1_000
      this.#rates = {
        framesPerSecond: (this.#frames - frames) / seconds,
        bytesPerSecond: (this.#bytes - bytes) / seconds,
      }
      this.#since = { at: now, frames: this.#frames, bytes: this.#bytes }
    }
    return { frames: this.#frames, bytes: this.#bytes, ...this.#rates }
  }
}
