import { describe, expect, it } from 'vitest'
import { isReactive, isShallow, reactive, watch } from 'vue'
import { markRaw, sealRaw, toRaw } from '../../../src/binding/rules/raw.ts'

const markOf = (value: object): PropertyDescriptor | undefined => Object.getOwnPropertyDescriptor(value, '__v_skip')

describe('markRaw', () => {
  it('marks arrays and objects where copies, JSON and equality do not see it', () => {
    const point = markRaw({ a: 1 })
    const points = markRaw([1, 2])
    expect([markOf(point)?.value, markOf(points)?.value]).toEqual([true, true])
    expect([Object.keys(point), Object.keys(points), JSON.stringify([point, points])]).toEqual([
      ['a'],
      ['0', '1'],
      '[{"a":1},[1,2]]',
    ])
    expect([point, points]).toStrictEqual([{ a: 1 }, [1, 2]])
    expect([markOf({ ...point }), markOf([...points])]).toEqual([undefined, undefined])
  })

  it('returns what can get no mark as it is', () => {
    class Candle {
      open = 1
    }
    const values = [
      1,
      'a',
      null,
      undefined,
      true,
      1n,
      Symbol.iterator,
      () => 1,
      Object.freeze([1]),
      Object.freeze({ a: 1 }),
    ]
    for (const value of values) expect(markRaw(value)).toBe(value)
    for (const value of [
      new Candle(),
      new Date(0),
      new Map(),
      new Uint8Array(2),
      new ArrayBuffer(2),
      new Error('no'),
    ]) {
      expect(markRaw(value)).toBe(value)
      expect(() => markRaw(markRaw(value))).not.toThrow()
    }
    expect(new Uint8Array(markRaw(new Uint8Array([1, 2])))).toEqual(new Uint8Array([1, 2]))
  })

  it('leaves what Vue made reactive to the application', () => {
    const target = { a: 1 }
    markRaw(reactive(target))
    expect(markOf(target)).toBeUndefined()
  })

  it('keeps Vue from making it reactive and deep watchers from walking through it', () => {
    let reads = 0
    const point = Object.defineProperty({}, 'value', { enumerable: true, get: () => (reads++, 1) })
    const state = reactive<{ points: readonly object[] }>({ points: [] })
    const stop = watch(state, () => {}, { deep: true, flush: 'sync' })
    state.points = markRaw([point])
    expect([isReactive(state.points), isShallow(state.points), reads]).toEqual([false, false, 0])
    state.points = [point]
    expect([isReactive(state.points), reads > 0]).toEqual([true, true])
    stop()
  })
})

describe('sealRaw', () => {
  it('freezes plain objects after the mark, shallowly', () => {
    const value = sealRaw({ inner: { a: 1 } })
    const bare = sealRaw(Object.assign(Object.create(null) as object, { a: 1 }))
    expect([Object.isFrozen(value), Object.isFrozen(value.inner), markOf(value)?.value]).toEqual([true, false, true])
    expect([Object.isFrozen(bare), markOf(bare)?.value]).toEqual([true, true])
  })

  it('leaves arrays, typed arrays and instances open', () => {
    class Candle {
      open = 1
    }
    for (const value of [[1], new Candle(), new Map(), new Uint8Array(2)]) {
      expect(sealRaw(value)).toBe(value)
      expect(Object.isFrozen(value)).toBe(false)
    }
    expect(sealRaw(null)).toBeNull()
  })
})

describe('toRaw', () => {
  it('returns what stands behind a proxy of Vue', () => {
    const target = [{ a: 1 }]
    expect(toRaw(reactive(target))).toBe(target)
    expect([toRaw(target), toRaw(1), toRaw(null)]).toEqual([target, 1, null])
  })
})
