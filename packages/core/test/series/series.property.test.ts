import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeriesView } from '../../src/series/series.ts'

type Point = readonly [x: number, y: number]

const shape = (limit: number) => ({
  fields: ['x', 'y'],
  readers: [0, 1].map((index) => (point: unknown) => (point as Point)[index]!),
  limit,
})
const point = fc.tuple(fc.integer(), fc.integer())
const shown = ({ columns }: SeriesView): Point[] => Array.from(columns['x']!, (x, i) => [x, columns['y']![i]!])

describe('a series', () => {
  it('always shows the last points, and each view goes on showing what it showed, whatever is made of it', () => {
    const step = fc.record({ from: fc.nat(), points: fc.array(point, { maxLength: 90 }) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.array(step, { maxLength: 30 }), (limit, steps) => {
        const made: { view: SeriesView | undefined; model: readonly Point[] }[] = [{ view: undefined, model: [] }]
        for (const { from, points } of steps) {
          // Mostly on from the newest, now and then from an older one, as a replay does.
          const base = made[from % 4 === 0 ? from % made.length : made.length - 1]!
          const view = SeriesView.extend(base.view, points, shape(limit))
          made.push({ view, model: [...base.model, ...points].slice(-limit) })
        }
        for (const { view, model } of made) expect(view ? shown(view) : []).toEqual(model)
      }),
      { numRuns: 300 },
    )
  })
})
