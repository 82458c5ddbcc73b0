import { describe, expect, it } from 'vitest'
import { series } from '../../../src/binding/rules/series.ts'
import { createBinderSetup, createStore } from '../setup.ts'

describe('series', () => {
  it('makes columns from properties, indices and functions', () => {
    const rule = series('cpu', { limit: 10, fields: { time: 0, load: (point: number[]) => point[1]! / 100, id: '2' } })
    const { cpu } = rule({ cpu: null }, [
      [1, 50, 7],
      [2, 60, 8],
    ])
    expect(cpu.columns).toEqual({
      time: Float64Array.of(1, 2),
      load: Float64Array.of(0.5, 0.6),
      id: Float64Array.of(7, 8),
    })
  })

  it('takes arrays of points with each', () => {
    const rule = series('cpu', { limit: 2, each: true, fields: { at: 'at' } })
    const { cpu } = rule({ cpu: null }, [[{ at: 1 }, { at: 2 }], [], [{ at: 3 }]])
    expect(cpu.columns.at).toEqual(Float64Array.of(2, 3))
    expect(rule({ cpu }, [[]])).toEqual({})
  })

  it('makes numbers as Number does, but nothing of null, of what is missing and of an empty text', () => {
    const rule = series('cpu', { limit: 10, fields: { at: 'at' } })
    const values = ['42', true, 7n, new Date(5), null, undefined, '', 'x']
    const { cpu } = rule({ cpu: null }, [...values.map((at) => ({ at })), {}])
    expect([...cpu.columns.at]).toEqual([42, 1, 7, 5, NaN, NaN, NaN, NaN, NaN])
  })

  it('writes a raw frozen object, another one at each flush', () => {
    const rule = series('cpu', { limit: 10, fields: { at: 'at' } })
    const { cpu } = rule({ cpu: null }, [{ at: 1 }])
    expect(Object.getOwnPropertyDescriptor(cpu, '__v_skip')?.value).toBe(true)
    expect([Object.isFrozen(cpu), Object.isFrozen(cpu.columns)]).toEqual([true, true])
    expect(rule({ cpu }, [{ at: 2 }]).cpu).not.toBe(cpu)
    expect(rule({ cpu }, [])).toEqual({})
  })

  it('makes the same of the same messages again', () => {
    const rule = series('cpu', { limit: 3, fields: { at: 'at' } })
    const { cpu } = rule({ cpu: null }, [{ at: 1 }, { at: 2 }])
    const [one, two] = [[{ at: 3 }], [{ at: 4 }]].map((points) => rule({ cpu }, points).cpu)
    expect([one!.columns.at, two!.columns.at]).toEqual([Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 4)])
  })

  it('costs a bad point only itself, and is one change for each flush', () => {
    const { binder, frames, send, codes } = createBinderSetup()
    const store = createStore({ cpu: null })
    binder.bind(store.sink, { a: series('cpu', { limit: 10, fields: { at: 'at' } }) })
    for (const data of [{ at: 1 }, null, 'x', { at: 2 }]) send('a', data)
    frames.paint()
    expect(store.commits).toHaveLength(1)
    expect(JSON.stringify(store.state)).toBe('{"cpu":{"version":2,"length":2}}')
    expect(codes()).toEqual(['CALLBACK'])
  })

  it.each([
    ['series.key', () => series('', { limit: 1, fields: { at: 'at' } })],
    ['series.limit', () => series('a', { limit: 0, fields: { at: 'at' } })],
    ['series.limit', () => series('a', { limit: Infinity, fields: { at: 'at' } })],
    ['series.each', () => series('a', { limit: 1, each: 1 as unknown as true, fields: { at: 'at' } })],
    ['series.fields', () => series('a', { limit: 1, fields: {} })],
    ['series.fields.at', () => series('a', { limit: 1, fields: { at: null as unknown as string } })],
  ])('refuses a wrong %s (%#)', (option, make) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option }) }),
    )
  })
})
