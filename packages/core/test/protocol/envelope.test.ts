import { describe, expect, it } from 'vitest'
import { MAX_TYPE_LENGTH, parseEnvelope } from '../../src/protocol/envelope.ts'

describe('parseEnvelope', () => {
  it('reads the type and the data, and leaves other keys out', () => {
    expect(parseEnvelope({ type: 'a', data: [1], extra: 2 })).toEqual({ type: 'a', data: [1] })
    expect(parseEnvelope({ type: 'a' })).toEqual({ type: 'a', data: undefined })
  })

  it('makes a string of a finite number', () => {
    expect(parseEnvelope({ type: 3 })?.type).toBe('3')
    expect(parseEnvelope({ type: 0 })?.type).toBe('0')
  })

  it('reads types up to the longest', () => {
    const longest = 'x'.repeat(MAX_TYPE_LENGTH)
    expect(parseEnvelope({ type: longest })?.type).toBe(longest)
    expect(parseEnvelope({ type: `${longest}x` })).toBeUndefined()
  })

  it.each([[undefined], [null], [[]], [['type', 1]], [42], ['x'], [true], [{}], [{ type: '' }], [{ type: NaN }]])(
    'finds no message in %j',
    (value) => expect(parseEnvelope(value)).toBeUndefined(),
  )

  it('does not read what is inherited', () => {
    expect(parseEnvelope(Object.create({ type: 'a', data: 1 }))).toBeUndefined()
    const envelope = parseEnvelope(Object.assign(Object.create({ data: 'inherited' }) as object, { type: 'a' }))
    expect(envelope).toEqual({ type: 'a', data: undefined })
  })
})
