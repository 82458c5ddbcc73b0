import { describe, expect, it } from 'vitest'
import { compileWire } from '../../src/binding/compile-wire.ts'
import { append } from '../../src/binding/rules/append.ts'
import { latest } from '../../src/binding/rules/latest.ts'
import { remove } from '../../src/binding/rules/remove.ts'
import { upsert } from '../../src/binding/rules/upsert.ts'
import { callTo } from './setup.ts'

const islandsOf = (wire: object): Record<string, number> => {
  const { entries, rest } = compileWire(wire)
  return Object.fromEntries([...entries.values(), ...(rest ? [rest] : [])].map(({ type, island }) => [type, island]))
}

describe('compileWire', () => {
  it('maps types to entries, own ones only, and keeps the rest apart', () => {
    const { entries, rest } = compileWire({ a: latest('x'), b: [latest('y'), callTo('ring')], c: [], '*': latest('z') })
    expect([...entries.keys()]).toEqual(['a', 'b', 'c'])
    expect(entries.get('b')).toMatchObject({ type: 'b', rules: [{ keys: ['y'] }], calls: [callTo('ring')] })
    expect(rest?.type).toBe('*')
    expect(compileWire(Object.create({ inherited: latest('x') }) as object).entries.size).toBe(0)
  })

  it('F58 takes __proto__ and constructor as plain types', () => {
    const { entries } = compileWire({ ['__proto__']: latest('x'), constructor: latest('y') })
    expect([...entries.keys()]).toEqual(['__proto__', 'constructor'])
    expect(compileWire({}).entries.get('constructor')).toBeUndefined()
  })

  it('puts types that share a key on one island, directly or through others', () => {
    const rows = upsert('rows', { by: 'id' })
    expect(islandsOf({ a: latest('x'), b: rows, c: remove('rows'), d: append('y', { limit: 1 }) })).toEqual({
      a: 0,
      b: 1,
      c: 1,
      d: 2,
    })
    expect(islandsOf({ a: latest('x'), b: latest('y'), c: [latest('x'), latest('y')], d: latest('z') })).toEqual({
      a: 0,
      b: 0,
      c: 0,
      d: 1,
    })
    const counted = append('y', { limit: 1, count: 'n' })
    expect(islandsOf({ a: counted, '*': latest('n') })).toEqual({ a: 0, '*': 0 })
  })

  it('puts everything on one island as soon as a rule may touch any key', () => {
    expect(islandsOf({ a: latest('x'), b: () => ({}), c: latest('z') })).toEqual({ a: 0, b: 0, c: 0 })
    const declared = Object.assign(() => ({}), { keys: ['y'] })
    expect(islandsOf({ a: latest('x'), b: declared, c: latest('z') })).toEqual({ a: 0, b: 1, c: 2 })
  })

  it('takes messages one by one where the rules of one type meet', () => {
    const oneByOne = (entry: unknown): boolean | undefined => compileWire({ a: entry }).entries.get('a')?.oneByOne
    expect(oneByOne([latest('x'), latest('y')])).toBe(false)
    expect(oneByOne(() => ({}))).toBe(false)
    expect(oneByOne([latest('x'), () => ({})])).toBe(true)
    expect(oneByOne([upsert('rows', { by: 'id' }), remove('rows')])).toBe(true)
  })

  it('says which part is replayed', () => {
    const { entries } = compileWire({
      a: [latest('x', { replay: true }), append('y', { limit: 1 }), callTo('ring')],
      b: latest('z'),
    })
    expect(entries.get('a')?.replay).toMatchObject({ type: 'a', rules: [{ keys: ['x'] }], calls: [] })
    expect(entries.get('b')?.replay).toBeUndefined()
  })

  it('rejects what is neither a rule nor a call nor an array of those', () => {
    const wrong = [
      undefined,
      null,
      1,
      'last',
      {},
      { call: 'a' },
      { call: 'a', kind: 'b' },
      [latest('x'), 1],
      [[latest('x')]],
    ]
    for (const entry of wrong) {
      expect(() => compileWire({ ticker: entry }), JSON.stringify(entry)).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          details: expect.objectContaining({ option: 'wire.ticker' }),
        }),
      )
    }
    for (const wire of [undefined, null, 1, [latest('x')]]) {
      expect(() => compileWire(wire as unknown as object)).toThrow('"wire"')
    }
  })
})
