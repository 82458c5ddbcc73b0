import { describe, expect, it, vi } from 'vitest'
import type { TransportRequest } from '../../src/transport/transport.ts'
import { webSocketTransport } from '../../src/transport/web-socket.ts'

function setup(overrides: Partial<TransportRequest> = {}) {
  const sockets: FakeSocket[] = []
  class FakeSocket extends EventTarget {
    binaryType = 'blob'
    readyState = 0
    bufferedAmount = 0
    readonly sent: unknown[] = []
    readonly closes: unknown[][] = []
    readonly constructedWith: unknown[]

    constructor(...given: unknown[]) {
      super()
      this.constructedWith = given
      sockets.push(this)
    }

    send(data: unknown): void {
      this.sent.push(data)
    }

    close(...given: unknown[]): void {
      this.closes.push(given)
    }

    emit(type: string, fields: object = {}): void {
      this.dispatchEvent(Object.assign(new Event(type), fields))
    }
  }
  const events: unknown[] = []
  const request: TransportRequest = {
    url: 'ws://fake/',
    protocols: [],
    fresh: true,
    binaryType: 'arraybuffer',
    onOpen: () => events.push('open'),
    onFrame: (frame) => events.push(frame),
    onClose: (close) => events.push(close),
    ...overrides,
  }
  const transport = webSocketTransport(FakeSocket)(request)
  return { FakeSocket, transport, request, events, socket: sockets[0]! }
}

describe('webSocketTransport', () => {
  it.each([
    [1006, 'abnormal'],
    [999, 'too low'],
    [1005, ''],
    [4000, 'x'.repeat(200)],
  ])('F72 closing with %i and a reason the browser may not take does not throw', (code, reason) => {
    const { transport, socket } = setup()
    const strict = socket.close.bind(socket)
    socket.close = (...given: unknown[]) => {
      const [wanted, text = ''] = given as [number?, string?]
      if (wanted !== undefined && wanted !== 1000 && (wanted < 3000 || wanted > 4999)) throw new RangeError('code')
      if (text.length > 123) throw new SyntaxError('reason')
      strict(...given)
    }
    expect(() => transport.close(code, reason)).not.toThrow()
    expect(socket.closes).toHaveLength(1)
  })

  it('constructs with the URL alone when there are no subprotocols', () => {
    // A server that selects none would fail the handshake of a client that lists some; `[]` is safe, leaving it out safer.
    expect(setup().socket.constructedWith).toEqual(['ws://fake/'])
    expect(setup({ protocols: ['a', 'b'] }).socket.constructedWith).toEqual(['ws://fake/', ['a', 'b']])
  })

  it('sets the binary type before anything can arrive, and switches it', () => {
    const { socket, transport } = setup({ binaryType: 'arraybuffer' })
    expect(socket.binaryType).toBe('arraybuffer')
    transport.binaryType = 'blob'
    expect([socket.binaryType, transport.binaryType]).toEqual(['blob', 'blob'])
  })

  it('passes open, frames and the close on, and lets errors rest', () => {
    const { socket, events } = setup()
    socket.emit('open')
    socket.emit('message', { data: 'text' })
    socket.emit('error')
    socket.emit('close', { code: 4001, reason: 'bye', wasClean: true })
    expect(events).toEqual(['open', 'text', { code: 4001, reason: 'bye' }])
  })

  it.each([0, 2, 3])('returns false and sends nothing in readyState %i', (readyState) => {
    const { socket, transport } = setup()
    socket.readyState = readyState
    expect(transport.send('x')).toBe(false)
    expect(socket.sent).toEqual([])
  })

  it('sends when open and tells what is buffered', () => {
    const { socket, transport } = setup()
    socket.readyState = 1
    socket.bufferedAmount = 12
    expect(transport.send('x')).toBe(true)
    expect([socket.sent, transport.bufferedBytes]).toEqual([['x'], 12])
  })

  it.each([
    [1000, 1000],
    [3000, 3000],
    [4999, 4999],
    [1001, 1000],
    [1006, 1000],
    [2999, 1000],
    [5000, 1000],
    [-1, 1000],
    [Number.NaN, 1000],
  ])('closes with code %i as %i', (given, used) => {
    const { socket, transport } = setup()
    transport.close(given, 'why')
    expect(socket.closes).toEqual([[used, 'why']])
  })

  it('closes without a code as without one', () => {
    const { socket, transport } = setup()
    transport.close()
    expect(socket.closes).toEqual([[]])
  })

  it.each([
    ['fits', 'x'.repeat(123), 'x'.repeat(123)],
    ['is one byte too long', 'x'.repeat(124), 'x'.repeat(123)],
    ['would be cut inside a character', `${'x'.repeat(122)}é`, 'x'.repeat(122)],
    ['consists of long characters', '😀'.repeat(40), '😀'.repeat(30)],
  ])('clamps a reason that %s', (_, given, used) => {
    const { socket, transport } = setup()
    transport.close(4000, given)
    expect(socket.closes).toEqual([[4000, used]])
  })

  it('swallows what close throws', () => {
    const { socket, transport } = setup()
    socket.close = () => {
      throw new Error('WebSocket was closed before the connection was established')
    }
    expect(() => transport.close(4000)).not.toThrow()
  })

  it('lets the constructor throw: a malformed URL is a failed attempt', () => {
    const { request } = setup()
    const Throwing = class {
      constructor() {
        throw new SyntaxError('bad URL')
      }
    } as never
    expect(() => webSocketTransport(Throwing)(request)).toThrow(new SyntaxError('bad URL'))
  })

  it('throws NO_WEBSOCKET where there is none, and looks the global one up at each attempt', () => {
    const { request, FakeSocket } = setup()
    try {
      vi.stubGlobal('WebSocket', undefined)
      const open = webSocketTransport()
      expect(() => open(request)).toThrow(expect.objectContaining({ code: 'NO_WEBSOCKET' }))
      vi.stubGlobal('WebSocket', FakeSocket)
      expect(open(request).bufferedBytes).toBe(0)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
