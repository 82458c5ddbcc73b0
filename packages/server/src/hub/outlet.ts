import type { HubSocket } from './types.ts'
import type { Timers } from './timers.ts'

export interface OutletPort {
  readonly socket: HubSocket
  readonly timers: Timers
  /** Bytes that may wait. */
  readonly queueBytes: number
  sent(bytes: number): void
  dropped(): void
  /** The client does not take what it is sent. */
  slow(): void
}

const POLL_MS = 20
const LONGEST_POLL_MS = 10_000

/** Sends to one client, and knows when it reads too slowly. */
export class Outlet {
  readonly #port: OutletPort
  #closed = false

  constructor(port: OutletPort) {
    this.#port = port
  }

  close(): void {
    this.#closed = true
  }

  /** Sends what must arrive; a client that has no room for it is given up. */
  send(frame: string): void {
    if (this.#closed) return
    if (!this.#fits(frame)) return this.#port.slow()
    this.#write(frame)
  }

  /** Sends what may be lost. */
  sendVolatile(frame: string): void {
    if (this.#closed) return
    if (this.#fits(frame)) this.#write(frame)
    else this.#port.dropped()
  }

  /** Undefined while there is room; else resolves when less than half is left, or the client is given up. */
  room(): Promise<void> | undefined {
    return this.#congested ? this.#drained() : undefined
  }

  get #congested(): boolean {
    return !this.#closed && this.#port.socket.bufferedBytes > this.#port.queueBytes / 2
  }

  async #drained(): Promise<void> {
    for (let waitedMs = 0; this.#congested; waitedMs += POLL_MS) {
      if (waitedMs >= LONGEST_POLL_MS) return this.#port.slow()
      await this.#port.timers.delay(POLL_MS)
    }
  }

  // One frame always fits: a limit smaller than a message would cut every client for ever.
  #fits(frame: string): boolean {
    const { bufferedBytes } = this.#port.socket
    return bufferedBytes === 0 || bufferedBytes + frame.length <= this.#port.queueBytes
  }

  #write(frame: string): void {
    this.#port.sent(frame.length)
    this.#port.socket.send(frame)
  }
}
