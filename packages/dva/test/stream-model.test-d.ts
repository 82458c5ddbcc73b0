import { append, createClient, defineProtocol, latest, type AnyProtocolTypes } from '@statewire/core'
import { snapshot } from '@statewire/core/session'
import type { Model } from 'dva'
import { describe, expectTypeOf, it } from 'vitest'
import {
  createStreamModel,
  dispatchEach,
  dvaStatewire,
  effect,
  type Reducer,
  type StreamModelOptions,
} from '../src/index.ts'
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
  it('checks what channels write, and the types of their messages', () => {
    const model = { namespace: 'monitor', state, wire: {} }
    createStreamModel(client, { ...model, channels: { room: { notice: latest('last') } } })
    // @ts-expect-error -- the state has no such key
    createStreamModel(client, { ...model, channels: { room: { notice: latest('lost') } } })
    // @ts-expect-error -- the client does not receive such messages
    createStreamModel(client, { ...model, channels: { room: { nothing: latest('last') } } })
  })

  it('checks the calls of channels against the reducers and effects of the model', () => {
    const model = {
      namespace: 'monitor',
      state,
      wire: {},
      reducers: {
        add: (before: typeof state, { payload }: { payload: { text: string } }) => ({ ...before, last: payload }),
      },
      effects: { *fetch() {} },
    }
    createStreamModel(client, {
      ...model,
      channels: { room: { notice: [dispatchEach('add'), effect('fetch'), dispatchEach('other/add')] } },
    })
    // @ts-expect-error -- the model has no such reducer
    createStreamModel(client, { ...model, channels: { room: { notice: dispatchEach('ad') } } })
    // @ts-expect-error -- the reducer takes a text
    createStreamModel(client, { ...model, channels: { room: { monitorCPU: dispatchEach('add') } } })
  })

  it('checks where snapshots land', () => {
    const model = { namespace: 'monitor', state, wire: {} }
    const load = (): Promise<{ text: string }> => Promise.resolve({ text: '' })
    createStreamModel(client, { ...model, snapshots: { room: snapshot({ load, into: latest('last') }) } })
    // @ts-expect-error -- the state has no such key
    createStreamModel(client, { ...model, snapshots: { room: snapshot({ load, into: latest('lost') }) } })
    // @ts-expect-error -- a loader alone says not where its data lands
    createStreamModel(client, { ...model, snapshots: { room: load } })
  })

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
      effects: { *fetch() {} },
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

  it("takes calls of the model's own reducers and effects, and of other models', with payloads they declare", () => {
    createStreamModel(client, {
      namespace: 'monitor',
      state,
      wire: {
        monitorCPU: append('dd', { limit: 3, map: ([first]) => ({ year: first?.[0] ?? '', value: 0 }) }),
        notice: [
          dispatchEach('save'),
          dispatchEach('saveAll', { batch: true }),
          dispatchEach('count', { payload: ({ text }: { text: string }) => text.length }),
          dispatchEach('count', { batch: true, payload: (all: readonly unknown[]) => all.length }),
          dispatchEach('count', { payload: (anything) => Number(anything) }),
          dispatchEach('any'),
          dispatchEach('none', { batch: true }),
          dispatchEach('fetch'),
          effect('fetch'),
          effect('fetchLatest'),
          effect('plain', { payload: (data: unknown) => data }),
          dispatchEach('badge/increase', { batch: true }),
          effect('badge/fetch', { payload: ({ text }: { text: string }) => text }),
        ],
        '*': [dispatchEach('save'), dispatchEach('saveAll', { batch: true }), effect('fetch')],
      },
      reducers: {
        save: (before, { payload }: { payload: { text: string } }) => ({ ...before, last: payload }),
        saveAll: (before, { payload }: { payload: readonly { text: string }[] }) => ({
          ...before,
          last: payload[0] ?? before.last,
        }),
        count: (before, action: { type: string; payload: number }) => ({ ...before, dindex: action.payload }),
        any: (before, { payload }) => ({ ...before, last: payload as { text: string } }),
        none: (before) => before,
      },
      effects: {
        *fetch({ payload }: { payload: { text: string } }, { put }: { put: (action: object) => object }) {
          yield put({ type: 'save', payload })
        },
        fetchLatest: [function* (_action: { payload: { text: string } }) {}, { type: 'takeLatest' }],
        *plain() {},
      },
    })
  })

  it('knows the names and payloads of reducers with an enhancer, and of parts made apart', () => {
    const reducers = { save: (before: typeof state, _action: { payload: { text: string } }) => before }
    const base = { namespace: 'monitor', state }
    const enhancer = (reducer: Reducer): Reducer => reducer
    createStreamModel(client, { ...base, reducers, wire: { notice: dispatchEach('save') } })
    createStreamModel(client, { ...base, reducers: [reducers, enhancer], wire: { notice: dispatchEach('save') } })
    createStreamModel({ ...base, client, reducers, wire: { notice: dispatchEach('save') } })
    createStreamModel(open, { ...base, reducers, wire: { whatever: dispatchEach('save') } })
    const any: Record<string, (before: typeof state) => typeof state> = {}
    createStreamModel(client, { ...base, reducers: any, wire: { notice: dispatchEach('whatever') } })
    // @ts-expect-error no such reducer
    createStreamModel(client, { ...base, reducers: [reducers, enhancer], wire: { notice: dispatchEach('svae') } })
    // @ts-expect-error the points are no notice
    createStreamModel(client, { ...base, reducers: [reducers, enhancer], wire: { monitorCPU: dispatchEach('save') } })
    // @ts-expect-error no such reducer
    createStreamModel({ ...base, client, reducers, wire: { notice: dispatchEach('svae') } })
    // @ts-expect-error the points are no notice
    createStreamModel({ ...base, client, reducers, wire: { monitorCPU: dispatchEach('save') } })
    // @ts-expect-error no such reducer, whatever the server sends
    createStreamModel(open, { ...base, reducers, wire: { whatever: dispatchEach('svae') } })
  })

  it('rejects calls of reducers and effects that the model does not have', () => {
    const base = { namespace: 'monitor', state }
    // @ts-expect-error there are none
    createStreamModel(client, { ...base, wire: { notice: dispatchEach('save') } })
    // @ts-expect-error there are none
    createStreamModel(client, { ...base, wire: { notice: effect('fetch') } })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error no such reducer
      wire: { notice: [latest('last'), dispatchEach('svae')] },
      reducers: { save: (before, { payload }) => ({ ...before, dindex: payload as number }) },
    })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error no such effect
      wire: { notice: effect('save'), monitorCPU: append('dd', { limit: 3, map: () => ({ year: '', value: 0 }) }) },
      reducers: { save: (before, { payload }) => ({ ...before, dindex: payload as number }) },
      effects: { *fetch() {} },
    })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error no such effect, whatever its payload
      wire: { notice: effect('fetchAll', { payload: (data: unknown) => data }) },
      effects: { *fetch() {} },
    })
    createStreamModel(client, {
      ...base,
      // @ts-expect-error no such reducer for other messages
      wire: { '*': dispatchEach('svae') },
      reducers: { save: (before) => before },
    })
  })

  it('rejects data that a reducer or effect does not take', () => {
    const base = {
      namespace: 'monitor',
      state,
      reducers: {
        save: (before: typeof state, { payload }: { payload: { text: string } }) => ({ ...before, last: payload }),
        count: (before: typeof state, { payload }: { payload: number }) => ({ ...before, dindex: payload }),
      },
      effects: {
        *fetch({ payload }: { payload: { text: string } }) {
          yield payload
        },
        fetchLatest: [
          function* ({ payload }: { payload: { text: string } }) {
            yield payload
          },
          { type: 'takeLatest' },
        ] as const,
      },
    }
    createStreamModel(client, { ...base, wire: { notice: [dispatchEach('save'), effect('fetchLatest')] } })
    // @ts-expect-error the points are no notice
    createStreamModel(client, { ...base, wire: { monitorCPU: dispatchEach('save') } })
    // @ts-expect-error with batch there is an array
    createStreamModel(client, { ...base, wire: { notice: dispatchEach('save', { batch: true }) } })
    // @ts-expect-error the points are no notice
    createStreamModel(client, { ...base, wire: { monitorCPU: effect('fetch') } })
    // @ts-expect-error the points are no notice
    createStreamModel(client, { ...base, wire: { monitorCPU: effect('fetchLatest') } })
    // @ts-expect-error the points are no notice, in a list of entries as well
    createStreamModel(client, { ...base, wire: { monitorCPU: [dispatchEach('other/add'), dispatchEach('fetch')] } })
    // @ts-expect-error a text is no number
    createStreamModel(client, { ...base, wire: { notice: dispatchEach('count', { payload: () => 'one' }) } })
    // @ts-expect-error a notice is no number
    createStreamModel(client, { ...base, wire: { notice: dispatchEach('count', { payload: (n: number) => n }) } })
    createStreamModel(client, {
      namespace: 'monitor',
      state,
      // @ts-expect-error a notice is no number
      wire: { notice: dispatchEach('count') },
      reducers: {
        count: (before, { payload }: { payload: number }) => ({ ...before, dindex: payload }),
        other: (before, { payload }) => ({ ...before, dindex: payload as number }),
      },
    })
    // @ts-expect-error not an option
    dispatchEach('save', { bach: true })
    // @ts-expect-error not an option
    effect('fetch', { bach: true, payload: (data: unknown) => data })
  })

  it('takes options made apart, and then any name', () => {
    const options: StreamModelOptions<typeof state, AnyProtocolTypes> = {
      namespace: 'monitor',
      state,
      wire: { notice: [latest('last'), dispatchEach('whatever')] },
    }
    createStreamModel(open, options)
    const effects: Record<string, () => Generator> = {}
    createStreamModel(open, { namespace: 'monitor', state, wire: { notice: effect('whatever') }, effects })
  })

  it('rejects options that do not exist', () => {
    // @ts-expect-error not an option
    createStreamModel(client, { namespace: 'monitor', state, wire: {}, conect: true })
    // @ts-expect-error not an option
    createStreamModel({ client, namespace: 'monitor', state, wire: {}, reducer: {} })
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
