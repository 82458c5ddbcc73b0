import { describeCodecContract } from '@statewire/testing/contracts'
import { describe, expect, it } from 'vitest'
import { jsonCodec, type JsonCodecOptions } from '../../src/protocol/json-codec.ts'
import type { Frame } from '../../src/transport/transport.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const setup = (options: JsonCodecOptions = {}) => {
  const codec = jsonCodec(options)
  return {
    codec,
    read: (frame: Frame) => codec.decode(frame),
    write: (type: string, data?: unknown) => codec.encode({ type, data }),
  }
}

describeCodecContract('jsonCodec', jsonCodec(), {
  envelopes: [
    { type: 'ticker', data: { symbol: 'A', price: 1.5 } },
    { type: 'null', data: null },
    { type: 'none', data: undefined },
    { type: '"quoted"\n\\', data: ['\u2028', '\ud800'] },
    { type: '__proto__', data: 1 },
  ],
  unreadable: ['[]', '{"data":1}', new Blob(['{"type":"a"}'])],
})

describe('jsonCodec', () => {
  it('reads keys by name, and numbers as types', () => {
    const { read, write } = setup({ type: 'resp_type', data: 'payload' })
    expect(read('{"resp_type":3,"payload":{"a":1}}')).toEqual({ type: '3', data: { a: 1 } })
    expect(write('3', { a: 1 })).toBe('{"resp_type":"3","payload":{"a":1}}')
  })

  it('reads the whole message as data', () => {
    const { read } = setup({ type: 'resp_type', data: (message) => message })
    expect(read('{"resp_type":2,"text":"hi"}')).toEqual({ type: '2', data: { resp_type: 2, text: 'hi' } })
  })

  it('reads JSON in JSON', () => {
    const { read } = setup({ type: 'socketType', data: (message) => JSON.parse(message['data'] as string) as unknown })
    const frame = JSON.stringify({ action: 'getData', socketType: 'trendData', data: '{"map":[1,2]}' })
    expect(read(frame)).toEqual({ type: 'trendData', data: { map: [1, 2] } })
  })

  it('tells frames apart by a key they have', () => {
    const { read } = setup({
      type: (message) => ('monitorCPU' in message ? 'monitorCPU' : undefined),
      data: 'monitorCPU',
    })
    expect(read('{"monitorCPU":[["10:00",12]]}')).toEqual({ type: 'monitorCPU', data: [['10:00', 12]] })
    expect(read('{"monitorMemory":[]}')).toBeUndefined()
  })

  it('hands arrays to functions too', () => {
    const { read } = setup({ type: (message) => message[0] as unknown, data: (message) => message[1] as unknown })
    expect(read('["ticker",{"price":1}]')).toEqual({ type: 'ticker', data: { price: 1 } })
    expect(read('[]')).toBeUndefined()
  })

  it('writes what the application makes of type and data', () => {
    const { write } = setup({ write: (type, data) => ({ req_type: Number(type), ...(data as object) }) })
    expect(write('8', { req_no: 1 })).toBe('{"req_type":8,"req_no":1}')
  })

  it('writes nothing for undefined data', () => {
    const { write } = setup()
    expect(write('heartCheck')).toBe('{"type":"heartCheck"}')
    expect(write('say', null)).toBe('{"type":"say","data":null}')
  })

  it('writes bytes that JSON.stringify would write', () => {
    const data = { date: new Date(0), nested: [undefined, () => {}], text: '\u2028"' }
    expect(setup().write('a', data)).toBe(JSON.stringify({ type: 'a', data }))
  })

  it.each<[what: string, data: unknown]>([
    ['a function', () => {}],
    ['a symbol', Symbol('x')],
    ['a toJSON that gives nothing', { toJSON: () => undefined }],
    ['a BigInt', 1n],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a typed array', new Uint8Array([1])],
    ['a Node buffer', Buffer.from('x')],
    ['a Blob', new Blob([])],
    ['a Map', new Map([[1, 2]])],
    ['a Set', new Set([1])],
    ['an Error', new Error('x')],
  ])('throws for %s rather than send something else', (_, data) => {
    expect(() => setup().write('a', data)).toThrow(TypeError)
    expect(() => setup({ write: (_type, given) => given }).write('a', data)).toThrow(TypeError)
  })

  it('throws for a cycle', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(() => setup().write('a', cycle)).toThrow(TypeError)
  })

  it('writes an empty object and an object without a prototype', () => {
    expect(setup().write('a', {})).toBe('{"type":"a","data":{}}')
    expect(setup().write('a', Object.create(null))).toBe('{"type":"a","data":{}}')
  })
})

describe('jsonCodec with faulty frames', () => {
  it.each(['{"a":', '{"type":"a"', '{"type":"a"}}', "{'type':'a'}", 'undefined', 'alert(1)'])(
    'F51 reads nothing from malformed JSON, and the next frame as usual: %s',
    (frame) => {
      const { read } = setup()
      expect(read(frame)).toBeUndefined()
      expect(read('{"type":"good"}')).toEqual({ type: 'good', data: undefined })
    },
  )

  it.each(['null', '[]', '42', '"x"', 'true', '', ' ', '[{"type":"a"}]'])(
    'F52 reads nothing from JSON that is no message: %j',
    (frame) => expect(setup().read(frame)).toBeUndefined(),
  )

  it('F53 reads binary frames that hold UTF-8 JSON, whatever view they come in', () => {
    const { read } = setup()
    const message = bytes('{"type":"a","data":"ü"}')
    const padded = new Uint8Array([0x20, 0x20, ...message, 0x20])
    const expected = { type: 'a', data: 'ü' }
    expect(read(message)).toEqual(expected)
    expect(read(message.buffer as ArrayBuffer)).toEqual(expected)
    expect(read(new DataView(padded.buffer, 2, message.length))).toEqual(expected)
    expect(read(Buffer.from(message))).toEqual(expected)
  })

  it('F53 reads nothing from other binary frames, and the next frame as usual', () => {
    const { read } = setup()
    expect(read(new Uint8Array([0xc3, 0x28]))).toBeUndefined()
    expect(read(bytes('{"type":"ü"}').subarray(0, 10))).toBeUndefined()
    expect(read(new ArrayBuffer(0))).toBeUndefined()
    expect(read(new Blob(['{"type":"a"}']))).toBeUndefined()
    expect(read(bytes('{"type":"good"}'))?.type).toBe('good')
  })

  it.each([
    '{"data":1}',
    '{"type":null}',
    '{"type":true}',
    '{"type":{"a":1}}',
    '{"type":["a"]}',
    '{"type":""}',
    '{"type":1e309}',
    JSON.stringify({ type: 'x'.repeat(1_000_000) }),
  ])('F55 reads nothing from a frame whose type is missing, no name, or endless: %.40s', (frame) => {
    expect(setup().read(frame)).toBeUndefined()
  })

  it('F55 takes a number for a name', () => expect(setup().read('{"type":7}')?.type).toBe('7'))

  it('F56 survives nesting of 100,000 and 5 MB of digits', () => {
    const { read } = setup()
    const deep = '['.repeat(100_000)
    expect(read(deep)).toBeUndefined()
    expect(read('{"type":'.repeat(100_000))).toBeUndefined()
    expect(read('9'.repeat(5_000_000))).toBeUndefined()
    expect(() => read(`{"type":"a","data":${deep}${']'.repeat(100_000)}}`)).not.toThrow()
    expect(read('{"type":"good"}')?.type).toBe('good')
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('F58 takes %s for a plain name', (name) => {
    const frame = `{"type":${JSON.stringify(name)},"data":1}`
    expect(setup().read(frame)).toEqual({ type: name, data: 1 })
    // As a key it is data like any other: read when it is there, never from the prototype.
    expect(setup({ type: name }).read('{}')).toBeUndefined()
    expect(setup({ data: name }).read('{"type":"a"}')).toEqual({ type: 'a', data: undefined })
    expect(setup({ type: name }).read(`{"${name}":"a"}`)?.type).toBe('a')
  })

  it('F59 keeps __proto__ and constructor in data as own keys, and pollutes nothing', () => {
    const data = setup().read(
      '{"type":"a","data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    )?.data as object
    expect(Object.keys(data)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('F59 does not take the type from a __proto__ of the frame', () => {
    expect(setup().read('{"__proto__":{"type":"a","data":1}}')).toBeUndefined()
  })
})
