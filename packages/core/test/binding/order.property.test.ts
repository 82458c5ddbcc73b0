import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { append } from '../../src/binding/rules/append.ts'
import { latest } from '../../src/binding/rules/latest.ts'
import { remove } from '../../src/binding/rules/remove.ts'
import { upsert } from '../../src/binding/rules/upsert.ts'
import { createBinderSetup as setup, createStore, type Plain } from './setup.ts'

type AnyRule = (state: Plain, messages: readonly unknown[]) => Plain
type Step = { readonly send: readonly [type: string, data: unknown] } | 'flush' | 'pause' | 'resume'

interface Item {
  readonly id: unknown
  readonly at: number
}

const initial = (): Plain => ({ last: null, dd: [], n: 0, rows: {}, few: {}, log: [], sum: 0 })

const apart = {
  last: latest('last'),
  point: append('dd', { limit: 3, count: 'n' }),
  points: append('dd', { limit: 3, each: true }),
  row: [latest('last'), upsert('rows', { by: 'id' })],
  gone: remove('rows', { by: 'id' }),
  few: upsert('few', { by: (item: Item) => item.id as string, limit: 2 }),
  fewGone: remove('few'),
  '*': append('log', { limit: 4 }),
}
const wires: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'declared keys only': apart,
  'a function among them': {
    ...apart,
    sum: (state: Plain, messages: readonly number[]): Plain => ({
      sum: messages.reduce((sum, value) => sum + value, state['sum'] as number),
      log: [...(state['log'] as unknown[]), ...messages.map(() => Object.keys(state['rows'] as object))].slice(-4),
    }),
  },
  'rules of one type that meet': {
    ...apart,
    row: [upsert('rows', { by: 'id' }), (state: Plain): Plain => ({ n: Object.keys(state['rows'] as object).length })],
  },
}

const key = fc.constantFrom('a', 'b', '7', '1', 'c', '__proto__', 'constructor')
const item = fc.record({ id: fc.oneof({ weight: 9, arbitrary: key }, fc.constant(undefined)), at: fc.nat(9) })
const message = fc.oneof(
  fc.tuple(fc.constantFrom('last', 'point', 'other', 'another', '__proto__'), fc.nat(9)),
  fc.tuple(fc.constant('points'), fc.oneof(fc.array(fc.nat(9), { maxLength: 5 }), fc.nat(9))),
  fc.tuple(fc.constantFrom('row', 'few'), fc.oneof(item, fc.array(item, { maxLength: 4 }))),
  fc.tuple(fc.constant('gone'), fc.oneof(key, item, fc.array(fc.oneof(key, item), { maxLength: 3 }))),
  fc.tuple(fc.constant('fewGone'), fc.oneof(key, fc.array(key, { maxLength: 3 }))),
  fc.tuple(fc.constant('sum'), fc.nat(9)),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: message.map((send) => ({ send })) },
  { weight: 2, arbitrary: fc.constant('flush' as const) },
  { weight: 1, arbitrary: fc.constantFrom('pause' as const, 'resume' as const) },
)

/** The meaning of a wire: each message alone, through each of its rules, a throwing one left out. */
function oneByOne(wire: Readonly<Record<string, unknown>>, steps: readonly Step[]): Plain {
  let state = initial()
  for (const given of steps) {
    if (typeof given === 'string') continue
    const [type, data] = structuredClone(given.send)
    const rules = [Object.hasOwn(wire, type) ? wire[type] : wire['*']].flat() as AnyRule[]
    for (const rule of rules) {
      try {
        state = { ...state, ...rule(state, [data]) }
      } catch {
        // left out
      }
    }
  }
  return state
}

/** Keys in the order they are listed: `toEqual` does not look at it. */
function listed(state: Plain): unknown {
  return [state, ['rows', 'few'].map((name) => Object.keys(state[name] as object))]
}

describe('the state after any messages', () => {
  it.each(Object.keys(wires))('does not depend on how they were flushed (%s)', (name) => {
    const wire = wires[name]!
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { binder, frames, send } = setup()
        const store = createStore(initial())
        const binding = binder.bind(store.sink, wire as Record<string, []>)
        const run = { flush: () => frames.paint(), pause: () => binding.pause(), resume: () => binding.resume() }
        for (const given of steps) {
          if (typeof given === 'string') run[given]()
          else send(...structuredClone(given.send))
        }
        binding.resume()
        frames.paint()
        expect(listed(store.state)).toEqual(listed(oneByOne(wire, steps)))
      }),
      { numRuns: 400 },
    )
  })
})
