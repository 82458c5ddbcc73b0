import type { Frame } from '@statewire/core'
import type { FakeTransport } from './transport.ts'

/** Which way a blackhole swallows frames: from the client, to the client, or both. */
export type Direction = 'up' | 'down' | 'both'

/** The server a connection belongs to. */
export interface ConnectionOwner {
  readonly auth: boolean
  arrived(connection: FakeConnection, frame: Frame): void
  forget(connection: FakeConnection): void
}

/** The server's side of one accepted link. It lives until the server learns that the link ended. */
export class FakeConnection {
  /** The client's side of it. */
  readonly transport: FakeTransport
  /** What arrived here, decoded: JSON as its value, other frames as they are. */
  readonly received: unknown[] = []
  /** True once the token was accepted; always true without auth. */
  authenticated: boolean
  #blocked: Direction | undefined
  #heldUp: Frame[] = []
  #heldDown: unknown[] = []
  readonly #owner: ConnectionOwner

  constructor(transport: FakeTransport, owner: ConnectionOwner) {
    this.transport = transport
    this.authenticated = !owner.auth
    this.#owner = owner
  }

  /** Sends one message. Held back while the way down is blocked, lost when the link has ended. */
  send(type: string, data?: unknown): void {
    this.sendRaw(data === undefined ? { type } : { type, data })
  }

  /** Sends a frame as it is; anything but a string or binary data as JSON. */
  sendRaw(frame: unknown): void {
    if (this.blocks('down')) this.#heldDown.push(frame)
    else if (this.transport.status !== 'closed') this.transport.receive(frame)
  }

  /** Ends the link from the server's side. Unseen by the client while the way down is blocked. */
  close(code?: number, reason?: string): void {
    this.#owner.forget(this)
    if (!this.blocks('down') && this.transport.status !== 'closed') this.transport.drop(code, reason)
  }

  /** The network swallows frames and closes without a word, as when a cable is pulled. @param direction Default: both. */
  blackhole(direction: Direction = 'both'): void {
    this.#blocked = direction
  }

  /** The network works again: what was swallowed is delivered late, as TCP does. */
  heal(): void {
    this.#blocked = undefined
    for (const frame of this.#heldUp.splice(0)) this.#owner.arrived(this, frame)
    for (const frame of this.#heldDown.splice(0)) this.sendRaw(frame)
    if (this.transport.status === 'closing') this.takeClose()
  }

  /** Whether the network swallows what goes that way. */
  blocks(direction: 'up' | 'down'): boolean {
    return this.#blocked === direction || this.#blocked === 'both'
  }

  /** Takes a frame from the client's side. */
  take(frame: Frame): void {
    if (this.blocks('up')) this.#heldUp.push(frame)
    else this.#owner.arrived(this, frame)
  }

  /** Takes the client's close and answers it. */
  takeClose(): void {
    if (this.blocks('up')) return
    this.#owner.forget(this)
    queueMicrotask(() => {
      if (!this.blocks('down')) this.transport.finishClose()
    })
  }
}
