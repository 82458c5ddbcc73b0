import { StatewireError } from '../lib/errors.ts'
import type { OpenTransport, Transport } from './transport.ts'

/** The part of the standard EventSource that is used. */
export interface EventSourceLike {
  readonly readyState: number
  close(): void
  addEventListener(type: never, listener: never): void
}

export type EventSourceConstructor = new (url: string, options?: { withCredentials?: boolean }) => EventSourceLike

export interface EventSourceOptions {
  /** Named events to listen to besides `message`. Such an event is a message of that type. @default [] */
  readonly events?: readonly string[]
  /** Sends cookies to another origin. @default false */
  readonly withCredentials?: boolean
  /** Query parameter that tells the server the id of the last event when a link is replaced. @default 'lastEventId' */
  readonly lastEventIdParameter?: string
  /** EventSource constructor. @default the global one, looked up at each attempt */
  readonly eventSource?: EventSourceConstructor
}

const BROKEN = { code: 1006, reason: '' } as const

/**
 * Receives over server-sent events instead of a WebSocket. An unnamed event's data is a frame for the codec; a named
 * event's data becomes `{ type: name, data }`, read as JSON where it is JSON. One-way: `send` rejects with `UNSUPPORTED`, so
 * authenticate by the URL and use heartbeat mode `watch`. One transport serves one client.
 *
 * The browser's own reconnecting is not used: a link that breaks is replaced with the client's backoff, and the id of the
 * last event goes along as a query parameter, since an EventSource takes no headers.
 *
 * @example
 * const client = createClient({ url: '/events', transport: eventSourceTransport({ events: ['ticker'] }), heartbeat: { mode: 'watch' } })
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventSourceTransport({
  events = [],
  withCredentials = false,
  lastEventIdParameter = 'lastEventId',
  eventSource,
}: EventSourceOptions = {}): OpenTransport {
  let lastEventId = ''
  return ({ url, fresh, onOpen, onFrame, onClose, binaryType }) => {
    if (fresh) lastEventId = ''
    const Source = eventSource ?? (globalThis as { EventSource?: EventSourceConstructor }).EventSource
    if (!Source) throw unsupported('EventSource', 'Pass a constructor as option eventSource.')
    const source = new Source(withLastEventId(url, lastEventIdParameter, lastEventId), { withCredentials })
    const listen = source.addEventListener.bind(source) as (type: string, listener: (event: never) => void) => void
    let closed = false
    const end = (): void => {
      if (closed) return
      closed = true
      source.close()
      onClose(BROKEN)
    }
    const receive = (frameOf: (data: string) => string) => (event: MessageEvent<string>) => {
      if (closed) return
      lastEventId = event.lastEventId
      onFrame(frameOf(event.data))
    }
    listen('open', () => closed || onOpen())
    listen('error', end)
    listen(
      'message',
      receive((data) => data),
    )
    for (const name of events)
      listen(
        name,
        receive((data) => namedFrame(name, data)),
      )
    return {
      send() {
        if (closed) return false
        throw unsupported('Sending over server-sent events', 'Send by HTTP, or connect by WebSocket.')
      },
      // The port promises a report of the end, never from within `close` itself.
      close: () => queueMicrotask(end),
      bufferedBytes: 0,
      binaryType,
    } satisfies Transport
  }
}

function unsupported(what: string, instead: string): StatewireError {
  return new StatewireError('UNSUPPORTED', { what, instead })
}

function withLastEventId(url: string, parameter: string, lastEventId: string): string {
  if (lastEventId === '') return url
  const [address = '', hash] = url.split('#', 2)
  const separator = address.includes('?') ? '&' : '?'
  const query = `${encodeURIComponent(parameter)}=${encodeURIComponent(lastEventId)}`
  return `${address}${separator}${query}${hash === undefined ? '' : `#${hash}`}`
}

function namedFrame(name: string, data: string): string {
  return `{"type":${JSON.stringify(name)},"data":${isJson(data) ? data : JSON.stringify(data)}}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
