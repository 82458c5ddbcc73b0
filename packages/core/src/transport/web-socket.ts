import { systemClock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import type { Frame, OpenTransport, Transport } from './transport.ts'

/** The part of the standard WebSocket that is used; `ws` and the browsers fit. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: never): void
  close(code?: number, reason?: string): void
  /** `ws` only: ends the socket without the closing handshake. */
  terminate?(): void
  addEventListener(type: never, listener: never): void
}

export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike

const OPEN = 1
const CLOSED = 3
const TERMINATE_AFTER_MS = 1_000
const LONGEST_REASON_BYTES = 123 // RFC 6455, section 5.5: a control frame holds 125 bytes, two of them the code

/**
 * Opens WebSockets made by the given constructor.
 *
 * @param webSocket Default: the global one, looked up at each attempt (so that importing has no needs and tests may replace it).
 * @throws {StatewireError} `NO_WEBSOCKET` from the returned function when there is none.
 */
export function webSocketTransport(webSocket?: WebSocketConstructor): OpenTransport {
  return ({ url, protocols, binaryType, onOpen, onFrame, onClose }) => {
    const Socket = webSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket
    if (!Socket) throw new StatewireError('NO_WEBSOCKET', {})
    const socket = protocols.length > 0 ? new Socket(url, [...protocols]) : new Socket(url)
    socket.binaryType = binaryType
    const link = new WebSocketLink(socket)
    const listen = socket.addEventListener.bind(socket) as (type: string, listener: (event: never) => void) => void
    listen('open', onOpen)
    listen('message', (event: MessageEvent<Frame>) => onFrame(event.data))
    listen('close', ({ code, reason }: CloseEvent) => {
      link.noteClosed()
      onClose({ code, reason: String(reason) })
    })
    // An error is always followed by close, which says more; without a listener `ws` would throw it.
    listen('error', ignore)
    return link
  }
}

function ignore(): void {}

// A class: an object with accessors of its own would be one of a kind to the engine, and cost a kilobyte.
class WebSocketLink implements Transport {
  readonly #socket: WebSocketLike
  #cancelTerminate: (() => void) | undefined

  constructor(socket: WebSocketLike) {
    this.#socket = socket
  }

  send(frame: Frame): boolean {
    if (this.#socket.readyState !== OPEN) return false
    this.#socket.send(frame as never)
    return true
  }

  close(code?: number, reason = ''): void {
    const socket = this.#socket
    try {
      if (code === undefined) socket.close()
      else socket.close(sendableCode(code), clampReason(reason))
    } catch {
      // `ws` throws while connecting; the browsers do not. Either way the socket is on its way out.
    }
    // `ws` waits 30 s for the other side's close, and keeps Node from exiting meanwhile.
    if (!('terminate' in socket) || socket.readyState === CLOSED) return
    this.#cancelTerminate?.()
    this.#cancelTerminate = systemClock.schedule(TERMINATE_AFTER_MS, () => socket.terminate?.())
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  get binaryType(): 'arraybuffer' | 'blob' {
    return this.#socket.binaryType as 'arraybuffer' | 'blob'
  }

  set binaryType(kind: 'arraybuffer' | 'blob') {
    this.#socket.binaryType = kind
  }

  noteClosed(): void {
    this.#cancelTerminate?.()
  }
}

// Browsers let a page send 1000 and 3000 to 4999 only: https://websockets.spec.whatwg.org/#dom-websocket-close
function sendableCode(code: number): number {
  return code === 1000 || (code >= 3000 && code <= 4999) ? code : 1000
}

function clampReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason)
  if (bytes.length <= LONGEST_REASON_BYTES) return reason
  // A cut may fall inside a character; the decoder marks the broken one, which is dropped.
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_REASON_BYTES)).replace(/\uFFFD+$/, '')
}
