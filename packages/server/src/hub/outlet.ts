import type { HubSocket } from './types.ts'
import type { Timers } from './timers.ts'

export interface OutletPort {
  readonly socket: Pick<HubSocket, 'bufferedBytes' | 'send'>
  readonly timers: Timers
  /** Bytes that may wait. */
  readonly queueBytes: number
  sent(bytes: number): void
  dropped(): void
  /** The client does not take what it is sent. */
  slow(): void
}

const POLL_MS = 20
const STUCK_MS = 10_000

/** Sends to one client, and knows when it reads too slowly. */
export class Outlet {
  readonly #port: OutletPort
  #closed = false
  /** Bytes of the largest frame since nothing waited; the limit is beside it. */
  #largest = 0

  constructor(port: OutletPort) {
    this.#port = port
  }

  close(): void {
    this.#closed = true
  }

  /** Sends what must arrive; a client that has no room for it is given up. */
  send(frame: string): void {
    if (this.#closed) return
    // A large frame is let in by what waits before it: else a client that is not idle could never get it, however often it comes back.
    const large = frame.length > this.#port.queueBytes / 2
    if (!this.#fits(large ? 0 : frame.length)) return this.#port.slow()
    this.#write(frame)
  }

  /** Sends what may be lost. */
  sendVolatile(frame: string): void {
    if (this.#closed) return
    if (this.#port.socket.bufferedBytes === 0 || this.#fits(frame.length)) this.#write(frame)
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
    const { socket, timers } = this.#port
    let stuckMs = 0
    for (let before = socket.bufferedBytes; this.#congested; before = socket.bufferedBytes) {
      if (stuckMs >= STUCK_MS) return this.#port.slow()
      await timers.delay(POLL_MS)
      // Slow, but it reads: that takes as long as it takes.
      stuckMs = socket.bufferedBytes < before ? 0 : stuckMs + POLL_MS
    }
  }

  #fits(bytes: number): boolean {
    const { bufferedBytes } = this.#port.socket
    return bufferedBytes + bytes <= this.#port.queueBytes + this.#largest
  }

  #write(frame: string): void {
    const { socket } = this.#port
    const before = socket.bufferedBytes
    this.#port.sent(frame.length)
    socket.send(frame)
    this.#largest = Math.max(before === 0 ? 0 : this.#largest, socket.bufferedBytes - before)
  }
}
