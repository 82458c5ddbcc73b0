import { describe, expect, it } from 'vitest'
import { upsert } from '../../../src/binding/rules/upsert.ts'

const row = (symbol: string, price = 1) => ({ symbol, price })

describe('upsert', () => {
  it('replaces its record with `inPlace` too, where nobody asked for changes', () => {
    const before = { a: row('a') }
    const { rows } = upsert('rows', { by: 'symbol', inPlace: true })({ rows: before }, [row('b')])
    expect([rows, Object.isFrozen(rows), before]).toEqual([{ a: row('a'), b: row('b') }, true, { a: row('a') }])
  })

  it('rejects an `inPlace` that is no truth value, or stands beside a limit', () => {
    for (const options of [{ inPlace: 1 as never }, { inPlace: true, limit: 5 }]) {
      expect(() => upsert('rows', { by: 'symbol', ...options })).toThrow('"upsert.inPlace"')
    }
  })

  it('keeps items by their key, and replaces the one that has it', () => {
    const rule = upsert('rows', { by: 'symbol' })
    const before = { a: row('a'), b: row('b') }
    const { rows } = rule({ rows: before }, [row('a', 2), row('c')])
    expect(rows).toEqual({ a: row('a', 2), b: row('b'), c: row('c') })
    expect(rows['b']).toBe(before.b)
    expect(before).toEqual({ a: row('a'), b: row('b') })
  })

  it('takes arrays of items', () => {
    const { rows } = upsert('rows', { by: 'symbol' })({ rows: {} }, [[row('a'), row('b')], [], [row('a', 3)]])
    expect(rows).toEqual({ a: row('a', 3), b: row('b') })
  })

  it('takes keys from a function, numbers too', () => {
    const rule = upsert('rows', { by: (item: { id: number }) => item.id })
    expect(rule({ rows: {} }, [{ id: 7 }, { id: 8 }])).toEqual({ rows: { 7: { id: 7 }, 8: { id: 8 } } })
  })

  it('writes a raw frozen record of frozen items', () => {
    const { rows } = upsert('rows', { by: 'symbol' })({ rows: {} }, [row('a')])
    expect(Object.getOwnPropertyDescriptor(rows, '__v_skip')?.value).toBe(true)
    expect([Object.isFrozen(rows), Object.isFrozen(rows['a'])]).toEqual([true, true])
  })

  it('marks items that have a class of their own as raw, and leaves them open', () => {
    class Row {
      readonly symbol = 'a'
    }
    const { rows } = upsert('rows', { by: 'symbol' })({ rows: {} }, [new Row()])
    expect(Object.getOwnPropertyDescriptor(rows['a'], '__v_skip')?.value).toBe(true)
    expect(Object.isFrozen(rows['a'])).toBe(false)
  })

  it('leaves the key out when nothing changes', () => {
    const rows = { a: row('a') }
    const rule = upsert('rows', { by: 'symbol' })
    expect([rule({ rows }, [rows.a]), rule({ rows }, []), rule({ rows }, [[]])]).toEqual([{}, {}, {}])
  })

  it('keeps the items updated last, whatever their keys look like', () => {
    const rule = upsert('rows', { by: 'id', limit: 2 })
    const item = (id: string | number, at: number) => ({ id, at })
    let state: { rows: Readonly<Record<string, unknown>> } = { rows: {} }
    const land = (...items: ReturnType<typeof item>[]): string[] => {
      state = { ...state, ...rule(state, items) }
      return Object.keys(state.rows)
    }
    expect(land(item(9, 1), item(1, 2))).toEqual(['1', '9'])
    expect(land(item(9, 3))).toEqual(['1', '9'])
    // 1 goes although an object lists it first: 9 was updated after it.
    expect(land(item(5, 4))).toEqual(['5', '9'])
    expect(land(item('b', 5), item('c', 6), item('d', 7))).toEqual(['c', 'd'])
  })

  it('takes a record from elsewhere in the order it lists its keys', () => {
    const rule = upsert('rows', { by: 'symbol', limit: 2 })
    expect(rule({ rows: { a: row('a'), b: row('b'), c: row('c') } }, [row('d')])).toEqual({
      rows: { c: row('c'), d: row('d') },
    })
  })

  it('gives the same for the same state, however often it is asked', () => {
    const rule = upsert('rows', { by: 'symbol', limit: 2 })
    const state = rule({ rows: {} }, [row('b'), row('a')])
    const first = rule(state, [row('c')])
    expect(rule(state, [row('c')])).toEqual(first)
    expect(Object.keys(state.rows)).toEqual(['b', 'a'])
  })

  it('F59 pollutes nothing by an item whose key is __proto__ or constructor', () => {
    const rule = upsert('rows', { by: 'symbol', limit: 3 })
    const items = JSON.parse('[{"symbol":"__proto__","polluted":true},{"symbol":"constructor","polluted":true}]')
    let state = rule({ rows: {} }, [items as ReturnType<typeof row>[]])
    expect(Object.keys(state.rows)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(state.rows)).toBe(Object.prototype)
    state = rule(state, [row('a')])
    expect(Object.keys(state.rows)).toEqual(['__proto__', 'constructor', 'a'])
    state = rule(state, [row('b'), row('c')])
    expect(Object.keys(state.rows)).toEqual(['a', 'b', 'c'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  it('throws for an item without a key', () => {
    const rule = upsert('rows', { by: 'symbol' })
    for (const item of [{}, { symbol: null }, { symbol: {} }, null, 'text', Object.create({ symbol: 'a' })]) {
      expect(() => rule({ rows: {} }, [item as ReturnType<typeof row>])).toThrow('no item key under "symbol"')
    }
    const byFunction = upsert('rows', { by: (item: { id?: number }) => item.id as number })
    expect(() => byFunction({ rows: {} }, [{}])).toThrow('found undefined')
  })

  it('throws for a key that Vue reads as its own', () => {
    const rule = upsert('rows', { by: 'symbol' })
    const before = rule({ rows: {} }, [row('a')])
    for (const key of ['__v_raw', '__v_skip']) expect(() => rule(before, [row(key)])).toThrow(`"${key}"`)
    expect(Object.keys(rule(before, [row('b')]).rows)).toEqual(['a', 'b'])
  })

  it('rejects wrong options at once', () => {
    const wrong = [{}, { by: 1 }, { by: '' }, { by: 'a', limit: 0 }, { by: 'a', limit: 1.5 }, { by: 'a', limit: '3' }]
    for (const options of wrong) {
      const make = (): unknown => upsert('rows', options as { by: string })
      expect(make, JSON.stringify(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
    expect(() => upsert('', { by: 'a' })).toThrow('upsert.key')
  })
})
