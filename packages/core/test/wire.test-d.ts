import { describe, expectTypeOf, it } from 'vitest'
import { append } from '../src/binding/rules/append.ts'
import { latest } from '../src/binding/rules/latest.ts'
import { remove } from '../src/binding/rules/remove.ts'
import { upsert } from '../src/binding/rules/upsert.ts'
import type { Call } from '../src/binding/sink.ts'
import type { Wire } from '../src/binding/wire.ts'
import type { AnyProtocolTypes } from '../src/protocol/define-protocol.ts'

interface Ticker {
  symbol: string
  price: number
}
interface Point {
  year: string
  value: number
}
interface State {
  last: Ticker | null
  dd: readonly Point[]
  raw: readonly (readonly [string, number][])[]
  dindex: number
  rows: Readonly<Record<string, Ticker>>
  unread: number
  title: string
}
interface Receive {
  ticker: Ticker
  tickers: readonly Ticker[]
  monitorCPU: readonly [string, number][]
  samples: readonly Ticker[]
  delisted: string
  delistedAll: string[]
  notice: { text: string }
}

/** Stands for what an adapter does: checks a wire against a store's state and the protocol. */
function wire(entries: Wire<State, Receive>): Wire<State, Receive> {
  return entries
}

declare const call: Call

describe('wire', () => {
  it('takes every rule, plain functions, calls and lists of them', () => {
    wire({
      ticker: [latest('last'), upsert('rows', { by: 'symbol', limit: 500 }), call],
      tickers: upsert('rows', { by: 'symbol' }),
      monitorCPU: append('dd', { limit: 300, map: ([[year, value] = ['', 0]]) => ({ year, value }), count: 'dindex' }),
      delisted: remove('rows'),
      delistedAll: remove('rows'),
      notice: (state, messages) => ({ unread: state.unread + messages.length }),
      '*': call,
    })
    wire({ notice: call, '*': [latest('last'), (state, messages) => ({ unread: state.unread + messages.length })] })
    wire({ monitorCPU: append('raw', { limit: 300 }), delisted: [] })
    wire({ ticker: latest('last', { replay: true }) })
    wire({ ticker: remove('rows', { by: 'symbol' }), tickers: remove('rows', { by: ({ symbol }) => symbol }) })
  })

  it('hands data of the protocol to functions', () => {
    wire({
      notice: (state, messages) => {
        expectTypeOf(state).toEqualTypeOf<State>()
        expectTypeOf(messages).toEqualTypeOf<readonly { text: string }[]>()
        return {}
      },
      monitorCPU: append('dd', {
        limit: 300,
        map: (data) => {
          expectTypeOf(data).toEqualTypeOf<readonly [string, number][]>()
          return { year: data[0]![0], value: data[0]![1] }
        },
      }),
      samples: append('dd', {
        limit: 300,
        each: true,
        map: (sample) => {
          expectTypeOf(sample).toEqualTypeOf<Ticker>()
          return { year: sample.symbol, value: sample.price }
        },
      }),
      ticker: upsert('rows', {
        by: (item) => {
          expectTypeOf(item).toEqualTypeOf<Ticker>()
          return item.symbol
        },
      }),
      tickers: upsert('rows', {
        by: (item) => {
          expectTypeOf(item).toEqualTypeOf<Ticker>()
          return item.symbol
        },
      }),
    })
  })

  it('rejects a message type that the protocol does not have', () => {
    // @ts-expect-error no such type
    wire({ tikcer: latest('last') })
  })

  it('rejects a state key that the store does not have', () => {
    // @ts-expect-error no such key
    wire({ ticker: latest('lasst') })
    // @ts-expect-error no such key
    wire({ monitorCPU: append('ddd', { limit: 300 }) })
    // @ts-expect-error no such key
    wire({ ticker: upsert('row', { by: 'symbol' }) })
    // @ts-expect-error no such key
    wire({ delisted: remove('row') })
    // @ts-expect-error no such key
    wire({ notice: () => ({ unraed: 1 }) })
  })

  it('rejects data that does not fit the key', () => {
    // @ts-expect-error a notice is no ticker
    wire({ notice: latest('last') })
    // @ts-expect-error samples are not points
    wire({ monitorCPU: append('dd', { limit: 300 }) })
    // @ts-expect-error the map's result is no point
    wire({ monitorCPU: append('dd', { limit: 300, map: ([[year]]) => ({ year }) }) })
    // @ts-expect-error a notice is no row
    wire({ notice: upsert('rows', { by: 'text' }) })
    // @ts-expect-error a title is no number
    wire({ notice: () => ({ unread: 'one' }) })
    // @ts-expect-error rows cannot be removed from a title
    wire({ delisted: remove('title') })
  })

  it('rejects what cannot tell items apart', () => {
    // @ts-expect-error no such property
    wire({ ticker: upsert('rows', { by: 'symbool' }) })
    // @ts-expect-error no such property in the items of the array
    wire({ tickers: upsert('rows', { by: 'symbool' }) })
    // @ts-expect-error an object is no key
    wire({ ticker: upsert('rows', { by: (item) => item }) })
    // @ts-expect-error without `by` an item is no key
    wire({ ticker: remove('rows') })
    // @ts-expect-error no such property
    wire({ ticker: remove('rows', { by: 'symbool' }) })
  })

  it('rejects wrong options', () => {
    // @ts-expect-error the key of a count holds a number
    wire({ monitorCPU: append('raw', { limit: 300, count: 'title' }) })
    // @ts-expect-error a limit is needed
    wire({ monitorCPU: append('raw') })
    // @ts-expect-error a ticker is no array
    wire({ ticker: append('dd', { limit: 300, each: true }) })
    // @ts-expect-error neither a rule nor a call
    wire({ ticker: 'last' })
  })

  it('takes any type and any data where no protocol is declared', () => {
    const entries: Wire<State, AnyProtocolTypes['receive']> = {
      ticker: [latest('last'), upsert('rows', { by: 'symbol' })],
      whatever: append('dd', { limit: 300, map: ([[year, value] = ['', 0]]) => ({ year, value }), count: 'dindex' }),
      gone: remove('rows'),
      goneItems: remove('rows', { by: 'symbol' }),
      many: append('dd', { limit: 300, each: true }),
      notice: (state, messages) => ({ unread: state.unread + messages.length }),
      '*': latest('last'),
    }
    expectTypeOf(entries).toExtend<Wire<State, AnyProtocolTypes['receive']>>()
    // @ts-expect-error state keys are still checked
    const wrong: Wire<State, AnyProtocolTypes['receive']> = { ticker: latest('lasst') }
    expectTypeOf(wrong).toBeObject()
  })

  it('lets a rule be made apart from the wire', () => {
    const keepLast = latest('last')
    const keepRows = upsert('rows', { by: 'symbol' })
    const keepPoints = append('dd', {
      limit: 300,
      map: ([[year, value]]: Receive['monitorCPU']) => ({ year: year!, value: value! }),
    })
    wire({ ticker: [keepLast, keepRows], monitorCPU: keepPoints })
    expectTypeOf(keepLast({ last: null }, [1])).toEqualTypeOf<{ last: number }>()
  })
})
