import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_TYPE_LENGTH } from '../../src/protocol/envelope.ts'
import { jsonCodec } from '../../src/protocol/json-codec.ts'
import { matchAccepted } from '../../src/protocol/matcher.ts'
import { textCodec } from '../../src/protocol/text-codec.ts'

const RUNS = 500

const setup = () => ({ json: jsonCodec(), text: textCodec() })

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json())
const frame = fc.oneof(
  text,
  fc.uint8Array(),
  fc.uint8Array().map((bytes) => bytes.slice().buffer),
  text.map((value) => new TextEncoder().encode(value)),
)
const type = fc
  .string({ minLength: 1, maxLength: MAX_TYPE_LENGTH, unit: 'grapheme' })
  .filter((name) => name.length <= MAX_TYPE_LENGTH)

/** Frames that nearly are messages: keys twice, escaped, nested, in any order, with white space. */
const nearMessage = fc
  .array(
    fc.tuple(
      fc.constantFrom('"type"', '"\\u0074ype"', '"data"', '"t\\u0079pe"', '"__proto__"', '"other"'),
      fc.oneof(fc.json(), fc.constantFrom('"a"', '"b"', '1', '{"type":"c"}', '"\\u0061"', '"a\u0000"', '{', '"')),
    ),
    { maxLength: 4 },
  )
  .chain((pairs) =>
    fc
      .constantFrom('', ' ', '\n', '\u00a0')
      .map((space) => `${space}{${space}${pairs.map(([key, value]) => `${key}${space}:${value}`).join(',')}${space}}`),
  )

describe('the codecs, fuzzed', () => {
  it('give a message or nothing for any frame, and never throw', () => {
    const { json, text: raw } = setup()
    fc.assert(
      fc.property(fc.oneof(frame, nearMessage), (any) => {
        const envelope = json.decode(any)
        if (envelope) expect(envelope.type.length).toBeGreaterThan(0)
        raw.decode(any)
        matchAccepted(envelope, any)
      }),
      { numRuns: RUNS },
    )
  })

  it('give back any JSON message', () => {
    const { json } = setup()
    fc.assert(
      fc.property(type, fc.jsonValue(), (name, data) => {
        // Written once before, since JSON has one zero and no own __proto__ in a literal.
        const plain = JSON.parse(JSON.stringify(data)) as unknown
        const written = json.encode({ type: name, data: plain })
        expect(json.decode(written)).toEqual({ type: name, data: plain })
        expect(json.decode(new TextEncoder().encode(written as string).buffer)?.type).toBe(
          new TextDecoder().decode(new TextEncoder().encode(name)),
        )
      }),
      { numRuns: RUNS },
    )
  })

  it('give back any text', () => {
    const { text: raw } = setup()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        expect(raw.decode(raw.encode({ type: 'message', data }))).toEqual({ type: 'message', data })
      }),
      { numRuns: RUNS },
    )
  })
})
