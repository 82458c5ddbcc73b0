import { describe, expect, it } from 'vitest'
import { remove } from '../../../src/binding/rules/remove.ts'
import { upsert } from '../../../src/binding/rules/upsert.ts'

const rows = Object.freeze({ a: { id: 'a' }, b: { id: 'b' }, 3: { id: 3 } })

describe('remove', () => {
  it('removes by key, by item, and by arrays of those', () => {
    expect(remove('rows')({ rows }, ['a'])).toEqual({ rows: { b: { id: 'b' }, 3: { id: 3 } } })
    expect(remove('rows')({ rows }, [['a', 'b'], 3])).toEqual({ rows: {} })
    expect(remove('rows', { by: 'id' })({ rows }, [{ id: 'a' }, ['b', { id: 3 }]])).toEqual({ rows: {} })
    expect(remove('rows', { by: (item: { id: string }) => item.id })({ rows }, [{ id: 'b' }])).toEqual({
      rows: { a: { id: 'a' }, 3: { id: 3 } },
    })
    expect(Object.keys(rows)).toEqual(['3', 'a', 'b'])
  })

  it('leaves the key out when nothing is removed', () => {
    const rule = remove('rows')
    expect([rule({ rows }, ['z', 'toString', '__proto__']), rule({ rows }, []), rule({ rows }, [[]])]).toEqual([
      {},
      {},
      {},
    ])
  })

  it('writes a raw frozen record', () => {
    const { rows: left } = remove('rows')({ rows }, ['a'])
    expect(Object.getOwnPropertyDescriptor(left, '__v_skip')?.value).toBe(true)
    expect(Object.isFrozen(left)).toBe(true)
  })

  it('keeps what upsert knows about the order of updates', () => {
    const add = upsert('rows', { by: 'id', limit: 2 })
    const first = add({ rows: {} }, [{ id: 9 }, { id: 1 }])
    const second = remove('rows')(first, [9])
    const third = add(second, [{ id: 4 }, { id: 0 }])
    expect(Object.keys(third.rows)).toEqual(['0', '4'])
  })

  it('removes own __proto__ and constructor keys', () => {
    const odd = JSON.parse('{"__proto__":1,"constructor":2,"a":3}') as Record<string, unknown>
    expect(Object.keys(remove('rows')({ rows: odd }, ['__proto__', 'constructor']).rows)).toEqual(['a'])
  })

  it('throws for data that is no key', () => {
    const lenient = remove('rows') as (state: { rows: object }, messages: readonly unknown[]) => unknown
    for (const data of [{ id: 'a' }, null, undefined, true]) expect(() => lenient({ rows }, [data])).toThrow(TypeError)
  })

  it('throws for a key that Vue reads as its own', () => {
    expect(() => remove('rows')({ rows }, ['__v_skip'])).toThrow('"__v_skip"')
  })

  it('rejects wrong options at once', () => {
    for (const by of [1, '', null]) {
      expect(() => remove('rows', { by } as unknown as { by: string })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      )
    }
    expect(() => remove('')).toThrow('remove.key')
  })
})
