import { describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import { append } from '../../../src/binding/rules/append.ts'

describe('append', () => {
  it('adds one point for each message and keeps the last ones', () => {
    const rule = append('dd', { limit: 3 })
    expect(rule({ dd: [] }, [1, 2])).toEqual({ dd: [1, 2] })
    expect(rule({ dd: [1, 2] }, [3])).toEqual({ dd: [1, 2, 3] })
    expect(rule({ dd: [1, 2, 3] }, [4])).toEqual({ dd: [2, 3, 4] })
    expect(rule({ dd: [1, 2, 3] }, [4, 5, 6, 7, 8])).toEqual({ dd: [6, 7, 8] })
    expect(rule({ dd: [1] }, [2, 3, 4])).toEqual({ dd: [2, 3, 4] })
    expect(rule({ dd: [1, 2, 3, 4, 5] }, [6])).toEqual({ dd: [4, 5, 6] })
  })

  it('makes points by map, called with the data alone', () => {
    const calls: unknown[][] = []
    const rule = append('dd', {
      limit: 300,
      map: (...given: [readonly [string, number][]]) => {
        calls.push(given)
        return { year: given[0][0]![0], value: given[0][0]![1] }
      },
    })
    expect(rule({ dd: [] }, [[['2030', 1]], [['2031', 2]]])).toEqual({
      dd: [
        { year: '2030', value: 1 },
        { year: '2031', value: 2 },
      ],
    })
    expect(calls).toEqual([[[['2030', 1]]], [[['2031', 2]]]])
  })

  it('adds each element where data is an array', () => {
    const rule = append('dd', { limit: 4, each: true, map: (value: number) => value * 10 })
    expect(rule({ dd: [1] }, [[2, 3], [], [4]])).toEqual({ dd: [1, 20, 30, 40] })
    expect(() => rule({ dd: [1] }, [2 as unknown as number[]])).toThrow('takes arrays, received number')
    expect(() => rule({ dd: [1] }, [null as unknown as number[]])).toThrow('takes arrays, received null')
  })

  it('keeps arrays whole that are points themselves', () => {
    expect(append('dd', { limit: 4 })({ dd: [] }, [[1, 2]])).toEqual({ dd: [[1, 2]] })
  })

  it('counts all points, those given up included', () => {
    const rule = append('dd', { limit: 2, count: 'dindex' })
    expect(rule({ dd: [], dindex: 0 }, [1, 2, 3])).toEqual({ dd: [2, 3], dindex: 3 })
    expect(rule({ dd: [2, 3], dindex: 3 }, [4])).toEqual({ dd: [3, 4], dindex: 4 })
    expect(rule({ dd: [], dindex: undefined as unknown as number }, [4])).toEqual({ dd: [4], dindex: 1 })
    expect(rule.keys).toEqual(['dd', 'dindex'])
  })

  it('leaves the array it is given alone, and writes a raw one that is open', () => {
    const before = Object.freeze([1, 2])
    const { dd } = append('dd', { limit: 2 })({ dd: before }, [3])
    expect([before, dd]).toEqual([
      [1, 2],
      [2, 3],
    ])
    expect(Object.getOwnPropertyDescriptor(dd, '__v_skip')?.value).toBe(true)
    expect(Object.isFrozen(dd)).toBe(false)
  })

  it('changes nothing without points', () => {
    const rule = append('dd', { limit: 2, each: true, count: 'dindex' })
    expect(rule({ dd: [1], dindex: 1 }, [])).toEqual({})
    expect(rule({ dd: [1], dindex: 1 }, [[], []])).toEqual({})
  })

  it('starts anew where there is no array', () => {
    for (const dd of [null, undefined, 'text', { length: 2 }]) {
      expect(append('dd', { limit: 2 })({ dd }, [1])).toEqual({ dd: [1] })
    }
  })

  it('keeps no proxies of Vue', () => {
    const point = { a: 1 }
    const { dd } = append('dd', { limit: 5 })(reactive({ dd: [point] }), [{ a: 2 }])
    expect(dd[0]).toBe(point)
  })

  it('rejects wrong options at once', () => {
    const wrong = [{ limit: 0 }, { limit: 1.5 }, { limit: Infinity }, { limit: '3' }, { limit: Number.NaN }, {}]
    const others = [{ map: 1 }, { each: 1 }, { count: '' }, { count: 'dd' }].map((part) => ({ limit: 1, ...part }))
    for (const options of [...wrong, ...others]) {
      const make = (): unknown => append('dd', options as { limit: number })
      expect(make, JSON.stringify(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
    expect(() => append('', { limit: 1 })).toThrow('append.key')
  })
})
