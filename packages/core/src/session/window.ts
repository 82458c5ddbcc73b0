import type { Entry } from './entry.ts'

/** Most messages on their way at once: a server acknowledges many with one frame. */
export const WINDOW_MESSAGES = 128
const WINDOW_BYTES = 262_144

/** What is on its way on the present link. */
export class Window {
  #messages = 0
  #bytes = 0

  get messages(): number {
    return this.#messages
  }

  /** Whether so many bytes more may be sent. The first message always may, however large it is. */
  roomFor(bytes: number): boolean {
    return this.#messages === 0 || (this.#messages < WINDOW_MESSAGES && this.#bytes + bytes <= WINDOW_BYTES)
  }

  sent(entry: Entry, at: number): void {
    entry.sentAt = at
    this.#messages++
    this.#bytes += entry.bytes
  }

  /** Arrived, or to be sent again. */
  back(entry: Entry): void {
    if (entry.sentAt === undefined) return
    entry.sentAt = undefined
    this.#messages--
    this.#bytes -= entry.bytes
  }
}
