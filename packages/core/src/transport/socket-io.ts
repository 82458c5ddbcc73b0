import { StatewireError } from '../lib/errors.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Envelope } from '../protocol/envelope.ts'
import type { Frame, OpenTransport, Transport, TransportClose } from './transport.ts'

/** The part of a socket.io-client socket that is used. */
export interface SocketIoSocket {
  readonly connected: boolean
  connect(): unknown
  disconnect(): unknown
  emit(event: never, ...args: never[]): unknown
  on(event: never, listener: never): unknown
  onAny(listener: never): unknown
}

/** `io` of the application's own socket.io-client. */
export type SocketIoConnect = (url: string, options: never) => SocketIoSocket

/** Options of `createClient` for talking to a socket.io server. */
export interface SocketIoPreset {
  readonly transport: OpenTransport
  readonly codec: Codec
  readonly heartbeat: false
  readonly requests: {
    readonly write: (request: { readonly type: string; readonly params: unknown; readonly id: number }) => Envelope
    readonly match: (request: { readonly id: number }, message: Envelope) => boolean
    readonly read: (message: Envelope) => unknown
  }
}

/** An event on its way out; `id` asks for an acknowledgement. */
class EmitFrame {
  readonly type: string
  readonly data: unknown
  readonly id: number | undefined

  constructor(type: string, data: unknown, id?: number) {
    this.type = type
    this.data = data
    this.id = id
  }
}

/** Params that travel with the id of their request. */
class AskedParams {
  readonly params: unknown
  readonly id: number

  constructor(params: unknown, id: number) {
    this.params = params
    this.id = id
  }
}

/** The acknowledgement of an emitted event. */
class Acknowledgement {
  readonly id: number
  readonly value: unknown

  constructor(id: number, value: unknown) {
    this.id = id
    this.value = value
  }
}

const ACKNOWLEDGEMENT_TYPE = 'socket.io acknowledgement'

/**
 * Lets a client talk to a socket.io server through the application's own socket.io-client: an event is a message (type: its
 * name, data: its first argument), an acknowledgement is the reply to `client.request`. socket.io's own reconnecting and
 * queueing are off: connection, backoff and outbox are the client's. Its heartbeat stays, since its server demands it.
 *
 * @param io `io` of socket.io-client 4.
 * @param options More options for it, such as `path` or `auth`.
 * @example
 * import { io } from 'socket.io-client'
 * const client = createClient({ url: 'https://example.com', ...socketIo(io) })
 * client.onMessage('chat', (message) => show(message))
 * const room = await client.request('join', { room: 'lobby' })
 */
export function socketIo(io: SocketIoConnect, options: Readonly<Record<string, unknown>> = {}): SocketIoPreset {
  return {
    transport: socketIoTransport(io, options),
    codec: socketIoCodec,
    heartbeat: false,
    requests: {
      write: ({ type, params, id }) => ({ type, data: new AskedParams(params, id) }),
      match: ({ id }, { data }) => data instanceof Acknowledgement && data.id === id,
      read: ({ data }) => (data as Acknowledgement).value,
    },
  }
}

// Events are objects on both sides of this transport, so its codec passes them on as they are.
const socketIoCodec: Codec = {
  encode({ type, data }) {
    const frame = data instanceof AskedParams ? new EmitFrame(type, data.params, data.id) : new EmitFrame(type, data)
    return frame as unknown as Frame
  },
  decode: (frame) => frame as unknown as Envelope,
}

function socketIoTransport(io: SocketIoConnect, options: Readonly<Record<string, unknown>>): OpenTransport {
  return ({ url, onOpen, onFrame, onClose, binaryType }) => {
    const settings = { ...options, reconnection: false, forceNew: true, autoConnect: false }
    const socket = io(url, settings as never)
    const listen = socket.on.bind(socket) as (event: string, listener: (detail: never) => void) => void
    let closed = false
    const end = (close: TransportClose): void => {
      if (closed) return
      closed = true
      socket.disconnect()
      onClose(close)
    }
    const receive = (envelope: Envelope): void => {
      if (!closed) onFrame(envelope as unknown as Frame)
    }
    listen('connect', () => closed || onOpen())
    listen('disconnect', (reason: string) => end({ code: reason === 'io server disconnect' ? 1000 : 1006, reason }))
    listen('connect_error', (error: Error) => end({ code: 1006, reason: error.message }))
    socket.onAny(((type: string, data: unknown) => receive({ type, data })) as never)
    socket.connect()
    return {
      send(frame) {
        if (!socket.connected) return false
        if (!((frame as unknown) instanceof EmitFrame)) {
          const instead = 'Send an event: client.send(name, data).'
          throw new StatewireError('UNSUPPORTED', { what: 'A raw frame over socket.io', instead })
        }
        const { type, data, id } = frame as unknown as EmitFrame
        const acknowledge = (value: unknown): void => {
          receive({ type: ACKNOWLEDGEMENT_TYPE, data: new Acknowledgement(id ?? 0, value) })
        }
        const args = id === undefined ? [data] : [data, acknowledge]
        socket.emit(type as never, ...(args as never[]))
        return true
      },
      // The port promises a report of the end, never from within `close` itself.
      close: (code = 1000, reason = '') => queueMicrotask(() => end({ code, reason })),
      bufferedBytes: 0,
      binaryType,
    } satisfies Transport
  }
}
