import { append, createClient, defineProtocol, latest } from '@statewire/core'
import type { Model } from 'dva'
import { describe, expectTypeOf, it } from 'vitest'
import { createStreamModel, dispatchEach, dvaStatewire, effect, type Reducer } from '../src/index.ts'
import { connectAfterLogin } from '../src/umi.ts'

interface Point {
  readonly year: string
  readonly value: number
}

const client = createClient({
  url: 'wss://example.org',
  protocol: defineProtocol<{
    receive: { monitorCPU: readonly (readonly [string, number])[]; notice: { text: string } }
    send: { say: string }
  }>(),
})
const open = createClient({ url: 'wss://example.org' })
const state = { dd: [] as readonly Point[], dindex: 0, last: null as { text: string } | null }

describe('createStreamModel', () => {
  it("hands data of the client's protocol and the state to rules", () => {
    const model = createStreamModel(client, {
      namespace: 'monitor',
      state,
      wire: {
        monitorCPU: append('dd', {
          limit: 300,
          map: (data) => {
            expectTypeOf(data).toEqualTypeOf<readonly (readonly [string, number])[]>()
            return { year: '', value: 0 }
          },
          count: 'dindex',
        }),
        notice: [
          latest('last'),
          (before, messages) => {
            expectTypeOf(before).toEqualTypeOf<typeof state>()
            expectTypeOf(messages).toEqualTypeOf<readonly { text: string }[]>()
            return { dindex: before.dindex + messages.length }
          },
          dispatchEach('save'),
          effect('fetch', { batch: true, payload: (list) => ({ list: list as unknown }) }),
        ],
        '*': dispatchEach('other/add'),
      },
      reducers: {
        save: (before, { payload }) => {
          expectTypeOf(before).toEqualTypeOf<typeof state>()
          return { ...before, dindex: payload as number }
        },
      },
    })
    expectTypeOf(model.state).toEqualTypeOf<typeof state>()
  })

  it('rejects types, keys and data that do not exist or do not fit', () => {
    const base = { namespace: 'monitor', state }
    createStreamModel(client, {
      ...base,
      // @ts-expect-error no such message type
      wire: { monitorGPU: latest('last') },
    })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error no such state key
      wire: { notice: latest('lasst') },
    })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error a notice is no point
      wire: { notice: append('dd', { limit: 300 }) },
    })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error a text is no number
      wire: { notice: () => ({ dindex: 'one' }) },
    })
    createStreamModel(client, {
      ...base,
      wire: {},
      // @ts-expect-error a reducer returns the state
      reducers: { save: () => ({ dindex: 1 }) },
    })
  })

  it("types an enhancer's parameters, and its reducers'", () => {
    createStreamModel(client, {
      namespace: 'monitor',
      state,
      wire: {},
      reducers: [
        {
          save: (before, { payload }) => {
            expectTypeOf(before).toEqualTypeOf<typeof state>()
            return { ...before, dindex: payload as number }
          },
        },
        (reducer) => {
          expectTypeOf(reducer).toEqualTypeOf<Reducer>()
          return (before, action) => reducer(before, action) as unknown
        },
      ],
    })
    const reducers: Record<string, (before: typeof state) => typeof state> = {}
    createStreamModel(client, { namespace: 'monitor', state, wire: {}, reducers })
  })

  it('takes keys of the state as wired, and no others', () => {
    const base = { namespace: 'monitor', state, wire: {} }
    createStreamModel(client, { ...base, wired: ['dindex', 'last'] })
    // @ts-expect-error no such state key
    createStreamModel(client, { ...base, wired: ['lasst'] })
  })

  it('checks state keys where no protocol is declared, and takes any message', () => {
    createStreamModel(open, { namespace: 'monitor', state, wire: { whatever: latest('last') } })
    createStreamModel(open, {
      namespace: 'monitor',
      state,
      // @ts-expect-error no such state key
      wire: { whatever: latest('lasst') },
    })
  })

  it('checks just as much with the client among the options', () => {
    const base = { namespace: 'monitor', client, state }
    createStreamModel({
      ...base,
      wire: {
        monitorCPU: append('dd', {
          limit: 300,
          map: (all: readonly (readonly [string, number])[]) => ({ year: '', value: all.length }),
        }),
        notice: (before, messages) => ({ dindex: before.dindex + messages.length }),
      },
    })
    createStreamModel({
      ...base,
      // @ts-expect-error no such message type
      wire: { monitorGPU: latest('last') },
    })
    createStreamModel({
      ...base,
      // @ts-expect-error no such state key
      wire: { notice: latest('lasst') },
    })
    createStreamModel({
      ...base,
      // @ts-expect-error a notice is no point
      wire: { notice: append('dd', { limit: 300 }) },
    })
  })

  it('makes what dva takes as a model', () => {
    const model = createStreamModel(client, { namespace: 'monitor', state, wire: {} })
    expectTypeOf(model).toExtend<Model>()
  })
})

describe('dvaStatewire', () => {
  it('takes clients of any protocol, and nothing else', () => {
    dvaStatewire(client)
    dvaStatewire([client, open])
    // @ts-expect-error not a client
    dvaStatewire({ url: 'wss://example.org' })
  })
})

describe('connectAfterLogin', () => {
  it("takes the user's id, and is a subscription", () => {
    const live = connectAfterLogin(client, { user: () => null })
    expectTypeOf(live).toExtend<NonNullable<Model['subscriptions']>[string]>()
    // @ts-expect-error an object is no id
    connectAfterLogin(client, { user: () => ({ name: 'ann' }) })
  })
})
