import type { Envelope } from '../protocol/envelope.ts'
import { UNDECODED_BYTES } from './limits.ts'
import type { Route } from './routes.ts'

export interface HeldFramesDeps {
  /** Decodes a frame that was held; undefined when it is no message of that type after all, which has been dealt with then. */
  readonly read: (frame: string, type: string) => Envelope | undefined
  /** Takes the message that is left of a type. */
  readonly onMessage: (message: Envelope, bytes: number) => void
}

/** Text frames that need no decoding, unless they are still the newest of their type when their turn comes. */
export class HeldFrames {
  readonly #deps: HeldFramesDeps
  #routes: Route[] = []
  #bytes = 0
  #conflated = 0
  // Counts what voids a settlement that is under way.
  #generation = 0

  constructor(deps: HeldFramesDeps) {
    this.#deps = deps
  }

  /** How many frames were let go undecoded. */
  get conflated(): number {
    return this.#conflated
  }

  /** @param size Characters that stay in memory with it. */
  add(route: Route, frame: string, size: number): void {
    if (route.held === undefined) {
      this.#routes.push(route)
      route.held = [frame]
    } else {
      route.held.push(frame)
    }
    this.#bytes += bytesOf(size)
    if (this.#bytes > UNDECODED_BYTES) this.settle()
  }

  /** Decodes the newest frame of each type; where that fails, the one before it, and so on. In order of the newest ones. */
  settle(): void {
    if (this.#routes.length === 0) return
    const types = this.#routes.sort((a, b) => a.order - b.order).map(({ type, held = [] }) => ({ type, frames: held }))
    this.#forget()
    const generation = this.#generation
    for (const { type, frames } of types) {
      // Reading reports what is wrong to the application, which may reset or end everything.
      for (let left = frames.length - 1; left >= 0 && generation === this.#generation; left--) {
        if (!this.#take(frames[left]!, type)) continue
        this.#conflated += left
        break
      }
    }
  }

  /** Lets all of them go. */
  clear(): void {
    this.#generation += 1
    this.#forget()
  }

  #take(frame: string, type: string): boolean {
    const generation = this.#generation
    const message = this.#deps.read(frame, type)
    if (!message || generation !== this.#generation) return false
    this.#deps.onMessage(message, bytesOf(frame.length))
    return true
  }

  #forget(): void {
    for (const route of this.#routes) route.held = undefined
    this.#routes = []
    this.#bytes = 0
  }
}

/** Strings take two bytes a character. */
function bytesOf(characters: number): number {
  return characters * 2
}
