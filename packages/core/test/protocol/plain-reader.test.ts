import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../../src/protocol/json-codec.ts'
import { createPeek } from '../../src/protocol/peek.ts'
import { createPlainReader } from '../../src/protocol/plain-reader.ts'

function setup() {
  return createPlainReader({ type: 'type', data: 'data', peek: createPeek('type') })
}

const ticker = (data: unknown): object => ({ type: 'ticker', data })

describe('createPlainReader', () => {
  it.each<readonly [frame: string, message: object | undefined]>([
    ['{"type":"ticker","data":1}', ticker(1)],
    ['{"type":"ticker","data":null}', ticker(null)],
    ['{"type":"ticker","data":"}"}', ticker('}')],
    ['{"type":"ticker","data": [1, {"a":"b"}] }', ticker([1, { a: 'b' }])],
    ['{"type":"ticker","data":{"type":"other","data":2}}', ticker({ type: 'other', data: 2 })],
    ['{"type":"__proto__","data":1}', { type: '__proto__', data: 1 }],
    // Everything else is left to the codec.
    ['{"type":"ticker","data":1,"data":2}', undefined],
    ['{"type":"ticker","data":1,"sw":{"o":1}}', undefined],
    ['{"type":"ticker","data":1,"type":"other"}', undefined],
    ['{"type":"ticker","data":}', undefined],
    ['{"type":"ticker","data":{}', undefined],
    ['{"type":"ticker","data":1', undefined],
    ['{"type":"ticker","data":1}}', undefined],
    ['{"type":"ticker","data":1]', undefined],
    ['{"type":"ticker","data":1} ', undefined],
    ['{"type":"ticker", "data":1}', undefined],
    ['{"type":"ticker","dat":1}', undefined],
    ['{"type":"ticker"}', undefined],
    ['{"type":"tick\\u0065r","data":1}', undefined],
    ['{"type":"","data":1}', undefined],
    ['{"data":1,"type":"ticker"}', undefined],
    ['', undefined],
  ])('reads %j', (frame, message) => {
    expect(setup()(frame)).toEqual(message)
  })

  it('leaves a thousand frames alone after one with more keys, then tries again', () => {
    const read = setup()
    const frame = '{"type":"ticker","data":1}'
    read('{"type":"ticker","data":1,"at":2}')
    for (let i = 0; i < 1_000; i++) expect(read(frame)).toBe(undefined)
    expect(read(frame)).toEqual(ticker(1))
  })

  it('reads what the codec would, whatever is cut off or put in', () => {
    // This codec finds its data by a function, and so reads each frame whole.
    const whole = jsonCodec({ data: (message) => message['data'] })
    const cut = fc.record({
      at: fc.nat(60),
      length: fc.nat(3),
      text: fc.constantFrom('', '"', '}', ',', '{', '\\', ' ', '1'),
    })
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.array(cut, { maxLength: 2 }), (type, data, cuts) => {
        const given = JSON.stringify({ type, data })
        const frame = cuts.reduce(
          (text, { at, length, text: put }) => text.slice(0, at) + put + text.slice(at + length),
          given,
        )
        expect(jsonCodec().decode(frame)).toEqual(whole.decode(frame))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is for text and for keys of their own', () => {
    expect(setup()(new TextEncoder().encode('{"type":"a","data":1}'))).toBe(undefined)
    const frame = '{"type":"a","type":"b"}'
    expect(jsonCodec({ data: 'type' }).decode(frame)).toEqual({ type: 'b', data: 'b' })
    expect(jsonCodec({ data: 'sw' }).decode('{"type":"a","sw":1}')).toEqual({ type: 'a', data: 1, sw: 1 })
    expect(jsonCodec({ type: 'sw' }).decode('{"sw":"a","data":1}')).toEqual({ type: 'a', data: 1, sw: 'a' })
  })
})
