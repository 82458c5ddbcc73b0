import { describe, expect, it } from 'vitest'
import { latest } from '../../../src/binding/rules/latest.ts'

describe('latest', () => {
  it('keeps the data of the last message', () => {
    expect(latest('last')({ last: null }, [1, 2, 3])).toEqual({ last: 3 })
    expect(latest('last')({ last: 1 }, [undefined])).toEqual({ last: undefined })
  })

  it('leaves the key out when nothing changes', () => {
    const data = { a: 1 }
    expect(latest('last')({ last: data }, [data])).toEqual({})
    expect(latest('last')({ last: Number.NaN }, [Number.NaN])).toEqual({})
    expect(latest('last')({ last: 1 }, [])).toEqual({})
  })

  it('writes raw data, plain objects frozen', () => {
    const { last } = latest('last')({ last: null }, [{ a: 1 }])
    expect(Object.getOwnPropertyDescriptor(last, '__v_skip')?.value).toBe(true)
    expect(Object.isFrozen(last)).toBe(true)
    const { last: list } = latest('last')({ last: null }, [[1, 2]])
    expect(Object.getOwnPropertyDescriptor(list, '__v_skip')?.value).toBe(true)
    expect(Object.isFrozen(list)).toBe(false)
  })

  it('tells its keys, that the last message is enough, and whether it is replayed', () => {
    const { keys, lastOnly, replay } = latest('last')
    expect([keys, lastOnly, replay]).toEqual([['last'], true, false])
    expect(latest('last', { replay: true }).replay).toBe(true)
  })

  it('takes __proto__ and constructor as plain keys', () => {
    for (const key of ['__proto__', 'constructor']) {
      const changes = latest(key)({ [key]: null }, [{ polluted: true }])
      expect(Object.keys(changes)).toEqual([key])
      expect(Object.getPrototypeOf(changes)).toBe(Object.prototype)
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('rejects a key that is no name', () => {
    for (const key of ['', undefined, 1]) {
      expect(() => latest(key as string)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
  })
})
