import { describe, expectTypeOf, it } from 'vitest'
import { series } from '../../src/binding/rules/series.ts'
import type { Wire } from '../../src/binding/wire.ts'
import type { Series } from '../../src/series/series.ts'

interface Sample {
  at: number
  value: number
}
interface State {
  cpu: Series<'time' | 'value'> | null
  title: string
}
interface Receive {
  sample: Sample
  samples: readonly Sample[]
  pair: readonly [number, number]
}
const wire = (entries: Wire<State, Receive>): Wire<State, Receive> => entries

describe('series', () => {
  it('fits where the state has a series of its fields', () => {
    wire({
      sample: series('cpu', { limit: 10, fields: { time: 'at', value: ({ value }: Sample) => value } }),
      samples: series('cpu', {
        limit: 10,
        each: true,
        fields: { time: 'at', value: (sample: Sample) => sample.value },
      }),
      pair: series('cpu', { limit: 10, fields: { time: 0, value: 1 } }),
    })
    // @ts-expect-error: the state has no such key
    wire({ sample: series('gpu', { limit: 10, fields: { time: 'at', value: 'value' } }) })
    // @ts-expect-error: a title is no series
    wire({ sample: series('title', { limit: 10, fields: { time: 'at', value: 'value' } }) })
    // @ts-expect-error: a column is missing
    wire({ sample: series('cpu', { limit: 10, fields: { time: 'at' } }) })
  })

  it('names its columns', () => {
    const rule = series('cpu', { limit: 10, fields: { time: 0, value: 1 } })
    expectTypeOf(rule({ cpu: null }, []).cpu.columns).toEqualTypeOf<Readonly<Record<'time' | 'value', Float64Array>>>()
  })
})
