import type { Frame, Transport, TransportRequest } from '@statewire/core'

/** What a `FakeTransport` tells the server side: every call of the client, in order. */
export interface FakePeer {
  /** The client opened a link. Called from within `open`: the callbacks MUST NOT be called yet. */
  opened(transport: FakeTransport): void
  /** The client sent a frame over an open link. Called from within `send`. */
  frame(transport: FakeTransport, frame: Frame): void
  /** The client closed the link. Called from within `close`, once. */
  closing(transport: FakeTransport): void
}

/** A close code and reason; the code is undefined when the client gave none. */
export interface FakeClose {
  readonly code: number | undefined
  readonly reason: string
}

const NO_STATUS = 1005
const ABNORMAL = 1006

/**
 * One link without a network: keeps what the client did, and does what the test says.
 *
 * A link of which nothing is said hangs: it neither opens nor closes. `close()` by the client is recorded in `closed` and
 * NOT reported back by itself: `finishClose()` does that, at the time of the test's choosing (`FakeServer` calls it in the
 * next microtask). With `ignoresClose` not even that, as with a link whose peer is gone.
 */
export class FakeTransport implements Transport {
  /** What the client asked for. */
  readonly url: string
  /** What the client asked for. */
  readonly protocols: readonly string[]
  /** Which binary kind the client wants. The fake delivers what `receive` is given, whatever this says. */
  binaryType: 'arraybuffer' | 'blob'
  /** Bytes that look unsent to the client. */
  bufferedBytes = 0
  /** True for a link that never reports its close, as a dead one: `finishClose()` then does nothing. */
  ignoresClose = false
  /** Frames the client handed over while the link was open, oldest first. */
  readonly sent: Frame[] = []
  /** Frames that arrived, oldest first; what the client did with them is not said. */
  readonly delivered: Frame[] = []
  #status: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  #closed: FakeClose | undefined
  #wasOpen = false
  readonly #request: TransportRequest
  readonly #peer: FakePeer | undefined

  constructor(request: TransportRequest, peer?: FakePeer) {
    this.url = request.url
    this.protocols = request.protocols
    this.binaryType = request.binaryType
    this.#request = request
    this.#peer = peer
  }

  /** Like a WebSocket's `readyState`, in words. `closed` once the close was reported to the client. */
  get status(): 'connecting' | 'open' | 'closing' | 'closed' {
    return this.#status
  }

  /** How the client closed the link; undefined as long as it did not. */
  get closed(): FakeClose | undefined {
    return this.#closed
  }

  /** The text frames in `sent`, parsed where they are JSON, as they are where they are not. Binary frames are left as they are. */
  get messages(): unknown[] {
    return this.sent.map(readFrame)
  }

  send(frame: Frame): boolean {
    if (this.#status !== 'open') return false
    this.sent.push(frame)
    this.#peer?.frame(this, frame)
    return true
  }

  close(code?: number, reason = ''): void {
    if (this.#closed || this.#status === 'closed') return
    this.#closed = { code, reason }
    this.#status = 'closing'
    this.#peer?.closing(this)
  }

  /** The link opens. Also after the client closed it: a late open is a fault worth testing. */
  accept(): void {
    if (this.#wasOpen || this.#status === 'closed') throw new Error('accept(): this link was opened or closed before.')
    this.#wasOpen = true
    if (this.#status === 'connecting') this.#status = 'open'
    this.#request.onOpen()
  }

  /** A frame arrives. Anything but a string or binary data is sent as JSON. */
  receive(frame: unknown): void {
    if (!this.#wasOpen || this.#status === 'closed') throw new Error(`receive(): this link is ${this.#status}.`)
    const arriving = isFrame(frame) ? frame : JSON.stringify(frame)
    this.delivered.push(arriving)
    this.#request.onFrame(arriving)
  }

  /** The link ends: by the server (its code), or by the network (1006). */
  drop(code: number = ABNORMAL, reason = ''): void {
    if (this.#status === 'closed') throw new Error('drop(): the close of this link was reported before.')
    this.#status = 'closed'
    this.#request.onClose({ code, reason })
  }

  /** The link never opens: nobody listens there, or the handshake is refused. A browser shows 1006 for either. */
  refuse(): void {
    if (this.#wasOpen) throw new Error('refuse(): this link was opened before.')
    this.drop()
  }

  /** Reports the close that the client asked for. Does nothing on a link that `ignoresClose` or has reported it before. */
  finishClose(): void {
    if (!this.#closed) throw new Error('finishClose(): the client has not closed this link.')
    if (this.ignoresClose || this.#status === 'closed') return
    const { code = NO_STATUS, reason } = this.#closed
    // A WebSocket that is closed before it was open ends as a failed one.
    this.drop(this.#wasOpen ? code : ABNORMAL, this.#wasOpen ? reason : '')
  }
}

/** Text that is JSON as its value; any other frame as it is. */
export function readFrame(frame: Frame): unknown {
  if (typeof frame !== 'string') return frame
  try {
    return JSON.parse(frame)
  } catch {
    return frame
  }
}

function isFrame(value: unknown): value is Frame {
  return typeof value === 'string' || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob
}
