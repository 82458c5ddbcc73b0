import { describe, expect, it } from 'vitest'
import { SeriesView } from '../../src/series/series.ts'

const shape = (limit: number) => ({
  fields: ['x', 'y'],
  readers: [(at: unknown) => at as number, (at: unknown) => (at as number) * 10],
  limit,
})
const run = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)
const bytes = ({ columns }: SeriesView): number => columns['x']!.buffer.byteLength

describe('SeriesView', () => {
  it('holds the last points in columns of exactly its length', () => {
    const one = SeriesView.extend(undefined, [1, 2], shape(3))
    const two = SeriesView.extend(one, [3, 4], shape(3))
    expect([one.length, one.version, one.columns]).toEqual([
      2,
      2,
      { x: Float64Array.of(1, 2), y: Float64Array.of(10, 20) },
    ])
    expect([two.length, two.version, two.columns]).toEqual([
      3,
      4,
      { x: Float64Array.of(2, 3, 4), y: Float64Array.of(20, 30, 40) },
    ])
  })

  it('keeps only the newest of more points than it may hold, and counts them all', () => {
    const view = SeriesView.extend(SeriesView.extend(undefined, [0], shape(3)), run(1, 1_000), shape(3))
    expect([view.length, view.version, [...view.columns['x']!]]).toEqual([3, 1_001, [998, 999, 1_000]])
  })

  it('shares its numbers with the view before, and moves them once for each half of its limit', () => {
    let view = SeriesView.extend(undefined, run(0, 1_000), shape(1_000))
    const blocks = new Set<unknown>()
    for (let at = 1_000; at < 11_000; at += 10) {
      view = SeriesView.extend(view, run(at, 10), shape(1_000))
      blocks.add(view.columns['x']!.buffer)
    }
    expect(blocks.size).toBeLessThanOrEqual(21)
    expect([...view.columns['x']!]).toEqual(run(10_000, 1_000))
  })

  it.each([100, 10_000, 99_999])('takes at most 24 bytes a point of two numbers, growing to %i points too', (limit) => {
    let view = SeriesView.extend(undefined, run(0, 43), shape(limit))
    for (let at = 43; at < 2.5 * limit; at += 43) {
      view = SeriesView.extend(view, run(at, 43), shape(limit))
      expect(bytes(view)).toBeLessThanOrEqual(Math.max(1_024, 24 * (view.length + 1)))
    }
    expect(bytes(view)).toBeLessThanOrEqual(24 * limit)
  })

  it('is as before when a point throws', () => {
    const before = SeriesView.extend(undefined, [1, 2], shape(10))
    const bad = { ...shape(10), readers: [(at: unknown) => at as number, () => fail()] }
    expect(() => SeriesView.extend(before, [3], bad)).toThrow('no number')
    expect(SeriesView.extend(before, [4], shape(10)).columns['x']).toEqual(Float64Array.of(1, 2, 4))
    expect(before.columns['x']).toEqual(Float64Array.of(1, 2))
  })

  it.each([
    undefined,
    null,
    [1, 2],
    { version: 3, length: 2 },
    SeriesView.extend(undefined, [[1]], { fields: ['x'], readers: [() => 1], limit: 3 }),
  ])('starts anew after what is no series of the same fields (%#)', (before) => {
    const view = SeriesView.extend(before, [7], shape(3))
    expect([view.version, view.columns]).toEqual([1, { x: Float64Array.of(7), y: Float64Array.of(70) }])
  })

  it('is written down as its version and length', () => {
    const view = SeriesView.extend(undefined, run(0, 5), shape(3))
    expect(JSON.stringify({ cpu: view })).toBe('{"cpu":{"version":5,"length":3}}')
  })
})

function fail(): never {
  throw new Error('no number')
}
