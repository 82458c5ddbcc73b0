import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../../src/protocol/json-codec.ts'
import { createPeek } from '../../src/protocol/peek.ts'

const longest = 'x'.repeat(255)

describe('createPeek', () => {
  it.each<readonly [frame: string, type: string | undefined]>([
    ['{"type":"ticker","data":1}', 'ticker'],
    ['{"type":"ticker"}', 'ticker'],
    ['{"type":"a b é 😀","data":1}', 'a b é 😀'],
    [`{"type":"${longest}","data":1}`, longest],
    // What comes after is not looked at.
    ['{"type":"ticker","data":', 'ticker'],
    ['{"type":"ticker","type":"quote"}', 'ticker'],
    ['{"type":"ticker"}}', 'ticker'],
    // Everything else is left to the codec.
    [`{"type":"${longest}x","data":1}`, undefined],
    ['{"type":"","data":1}', undefined],
    ['{"type":"tick\\u0065r","data":1}', undefined],
    ['{"type":"tick\\"er","data":1}', undefined],
    ['{"type":"tick\ner","data":1}', undefined],
    ['{"typ\\u0065":"ticker","data":1}', undefined],
    ['{ "type":"ticker","data":1}', undefined],
    ['{"type": "ticker","data":1}', undefined],
    ['{"type":"ticker" ,"data":1}', undefined],
    [' {"type":"ticker","data":1}', undefined],
    ['{"data":1,"type":"ticker"}', undefined],
    ['{"type":3,"data":1}', undefined],
    ['{"type":"ticker', undefined],
    ['{"type":"ticker"', undefined],
    ['{"type":"', undefined],
    ['[{"type":"ticker"}]', undefined],
    ['ticker', undefined],
    ['', undefined],
  ])('reads %j', (frame, type) => {
    const peek = createPeek('type')
    // Again after another, and again: the last type is remembered.
    expect([peek(frame), peek(frame), peek('{"type":"tick","data":1}'), peek(frame)]).toEqual([
      type,
      type,
      'tick',
      type,
    ])
  })

  it('tells a type from a longer one that begins with it', () => {
    const peek = createPeek('type')
    const frames = ['{"type":"tick","data":1}', '{"type":"ticker","data":1}', '{"type":"tick"er,"data":1}']
    expect(frames.map(peek)).toEqual(['tick', 'ticker', undefined])
  })

  it('answers for text alone, and for the key it is made for', () => {
    const frame = '{"resp \\"type":"ticker"}'
    expect([createPeek('resp "type')(frame), createPeek('type')(frame)]).toEqual(['ticker', undefined])
    expect(createPeek('type')(new TextEncoder().encode('{"type":"ticker"}'))).toBe(undefined)
  })

  it('goes on when there are more types than it keeps', () => {
    const peek = createPeek('type')
    const types = Array.from({ length: 3_000 }, (_, i) => `${'x'.repeat(200)}${i}`)
    expect(types.map((type) => peek(`{"type":"${type}","data":1}`))).toEqual(types)
    expect(peek(`{"type":"${types[0]!}","data":1}`)).toBe(types[0])
  })

  it('reads what JSON reads, or leaves it', () => {
    const peek = createPeek('type')
    const codec = jsonCodec()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (type, data) => {
        const frame = JSON.stringify({ type, data })
        expect([undefined, codec.decode(frame)?.type]).toContain(peek(frame))
      }),
    )
  })
})
