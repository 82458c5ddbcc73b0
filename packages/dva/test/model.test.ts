import { append, latest, upsert, StatewireError } from '@statewire/core'
import createImmer from 'dva-immer'
import createLoading from 'dva-loading'
import { describe, expect, it } from 'vitest'
import { createStreamModel } from '../src/index.ts'
import { hosts, type Action } from './hosts.ts'
import { setup, startApp, type Setup } from './setup.ts'

interface Point {
  readonly year: string
  readonly value: number
}

const monitorState = { dd: [] as readonly Point[], dindex: 0, last: null as unknown, filter: 'all' }

function createMonitor({ client, clock }: Setup, overrides: object = {}) {
  return createStreamModel({
    namespace: 'monitor',
    client,
    clock,
    state: monitorState,
    wire: {
      monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }) as Point, count: 'dindex' }),
      last: latest('last'),
    },
    reducers: { setFilter: (state, { payload }) => ({ ...state, filter: String(payload) }) },
    ...overrides,
  })
}

const cpu = (value: number) => ['monitorCPU', [[`at ${value}`, value]]] as const

describe('a stream model', () => {
  it.each(hosts)('lands a flush as one action in $name, beside what the application does', async (host) => {
    const world = setup()
    const app = startApp({ host, models: [createMonitor(world)] })
    await world.client.connect()
    await world.send(cpu(1), ['last', { a: 1 }], cpu(2))
    app._store.dispatch({ type: 'monitor/setFilter', payload: 'busy' })
    expect(app.actions).toEqual(['monitor/statewireMessages', 'monitor/setFilter'])
    expect(app.state('monitor')).toEqual({
      dd: [
        { year: 'at 1', value: 1 },
        { year: 'at 2', value: 2 },
      ],
      dindex: 2,
      last: { a: 1 },
      filter: 'busy',
    })
  })

  it('replaces state and never changes it', async () => {
    const world = setup()
    const app = startApp({ models: [createMonitor(world)] })
    await world.client.connect()
    await world.send(cpu(1))
    const before = app.state('monitor')
    const copy = structuredClone(before)
    await world.send(cpu(2))
    expect(app.state('monitor')).not.toBe(before)
    expect(app.state('monitor')['dd']).not.toBe(before['dd'])
    expect(before).toEqual(copy)
    expect(monitorState.dd).toEqual([])
  })

  it('keeps state and actions plain data: a round trip through JSON changes nothing', async () => {
    const world = setup()
    const seen: Action[] = []
    const record = {
      onAction: () => (next: (action: Action) => unknown) => (action: Action) => (seen.push(action), next(action)),
    }
    const app = startApp({ models: [createMonitor(world)], plugins: [record] })
    await world.client.connect()
    await world.send(cpu(1), ['last', { nested: [1] }])
    world.client.signOut()
    expect(seen).toHaveLength(2)
    for (const value of [...seen, app._store.getState()]) expect(JSON.parse(JSON.stringify(value))).toEqual(value)
  })

  it('lets dva-immer draft what the application reduces, and no series', async () => {
    const world = setup()
    const drafted: unknown[] = []
    const base = createImmer() as {
      _handleActions: (handlers: object, state: unknown) => (state: unknown, action: Action) => unknown
    }
    const spying = {
      _handleActions: (handlers: object, initial: unknown) => {
        const reduce = base._handleActions(handlers, initial)
        return (state: unknown, action: Action) => {
          if (typeof state === 'object' && state !== null && 'dd' in state) drafted.push(action.type)
          return reduce(state, action)
        }
      },
    }
    const reducers = {
      setFilter: (state: { filter: string }, { payload }: Action) => void (state.filter = String(payload)),
    }
    const app = startApp({ models: [createMonitor(world, { reducers })], plugins: [spying] })
    await world.client.connect()
    drafted.length = 0
    await world.send(cpu(1))
    app._store.dispatch({ type: 'monitor/setFilter', payload: 'busy' })
    await world.send(cpu(2))
    expect(drafted).toEqual(['monitor/setFilter'])
    expect(app.state('monitor')).toMatchObject({ dindex: 2, filter: 'busy', dd: [{ value: 1 }, { value: 2 }] })
  })

  it('costs no loading state', async () => {
    const world = setup()
    const app = startApp({ models: [createMonitor(world)], plugins: [createLoading()] })
    await world.client.connect()
    await world.send(cpu(1))
    expect(app.actions).toEqual(['monitor/statewireMessages'])
    expect(app._store.getState()['loading']).toEqual({ global: false, models: {}, effects: {} })
  })

  it("runs inside the application's own enhancer", async () => {
    const world = setup()
    const wrapped: string[] = []
    const enhancer = (reduce: (state: unknown, action: Action) => unknown) => (state: unknown, action: Action) => (
      wrapped.push(action.type),
      reduce(state, action)
    )
    const reducers = [
      { setFilter: (state: object, { payload }: Action) => ({ ...state, filter: payload as string }) },
      enhancer,
    ]
    const app = startApp({ models: [createMonitor(world, { reducers })] })
    await world.client.connect()
    await world.send(cpu(1))
    app._store.dispatch({ type: 'monitor/setFilter', payload: 'busy' })
    expect(wrapped).toContain('monitor/setFilter')
    expect(app.state('monitor')).toMatchObject({ dindex: 1, filter: 'busy' })
  })

  it('puts wired keys back on sign-out in one action, and leaves the others', async () => {
    const world = setup()
    const count = (state: { dindex: number }, messages: readonly unknown[]) => ({
      dindex: state.dindex + messages.length,
    })
    const app = startApp({ models: [createMonitor(world, { wire: { monitorCPU: count, last: latest('last') } })] })
    await world.client.connect()
    await world.send(cpu(1), ['last', 1])
    app._store.dispatch({ type: 'monitor/setFilter', payload: 'busy' })
    app.actions.length = 0
    world.client.signOut()
    expect(app.actions).toEqual(['monitor/statewireReset'])
    expect(app.state('monitor')).toEqual({ ...monitorState, filter: 'busy' })
  })

  it('puts keys back on sign-out that only function rules write, if it is told them, before any message', async () => {
    const world = setup()
    const wire = { monitorCPU: () => ({ dindex: 1 }) }
    const restored = { ...monitorState, dindex: 7, filter: 'busy' }
    const app = startApp({
      models: [createMonitor(world, { wire, wired: ['dindex'] })],
      hooks: { initialState: { monitor: restored } },
    })
    await world.client.connect()
    expect(app.state('monitor')).toEqual(restored)
    world.client.signOut()
    expect(app.state('monitor')).toEqual({ ...monitorState, filter: 'busy' })
  })

  it('gives the same state when its actions are run again, by this model or by one that replaced it', async () => {
    const world = setup()
    const seen: Action[] = []
    const record = {
      onAction: () => (next: (action: Action) => unknown) => (action: Action) => (seen.push(action), next(action)),
    }
    const wire = {
      row: upsert('rows', { by: 'id' }),
      log: append('log', { limit: 3 }),
      count: (state: { n: number }, all: readonly unknown[]) => ({ n: state.n + all.length }),
    }
    const make = () =>
      createStreamModel({
        namespace: 'monitor',
        client: world.client,
        state: { rows: {}, log: [], n: 0 },
        wire: wire as object,
      })
    const model = make()
    const app = startApp({ models: [model], plugins: [record] })
    await world.client.connect()
    await world.send(['row', { id: 'a', v: 1 }], ['log', 1], ['count'], ['row', { id: 'a', v: 2 }], ['unknown', 1])
    await world.send(['log', 2], ['log', 3], ['log', 4], ['count'])
    for (const { reducers } of [model, make()]) {
      const reduce = reducers[1]((state: unknown) => state)
      const initial = { rows: {}, log: [], n: 0 }
      // As an exported history comes back: nothing in it is the object it was.
      for (const actions of [seen, JSON.parse(JSON.stringify(seen)) as Action[]]) {
        expect(actions.reduce<unknown>((state, action) => reduce(state, action), initial)).toEqual(app.state('monitor'))
      }
    }
  })

  it('takes its messages only while it is registered', async () => {
    const world = setup()
    const app = startApp({})
    await world.client.connect()
    app.model(createMonitor(world))
    await world.send(cpu(1))
    expect(app.state('monitor')).toMatchObject({ dindex: 1 })
    app.unmodel('monitor')
    app.actions.length = 0
    await world.send(cpu(2))
    world.client.signOut()
    expect(app.actions).toEqual([])
  })

  it('keeps the state and lands each message once after the model was replaced', async () => {
    const world = setup()
    const app = startApp({ models: [createMonitor(world)] })
    await world.client.connect()
    await world.send(cpu(1))
    app.replaceModel(createMonitor(world))
    await world.send(cpu(2))
    expect(app.state('monitor')).toMatchObject({ dindex: 2, dd: [{ value: 1 }, { value: 2 }] })
  })

  it.each<[option: string, overrides: object]>([
    ['namespace', { namespace: '' }],
    ['client', { client: undefined }],
    ['state', { state: [] }],
    ['connect', { connect: 'yes' }],
    ['connect', { connect: null }],
    ['ssr', { ssr: 'yes' }],
    ['client', { client: null }],
    ['state', { state: null }],
    ['wire', { wire: null }],
    ['reducers', { reducers: null }],
    ['effects', { effects: null }],
    ['subscriptions', { subscriptions: 'none' }],
    ['wired', { wired: ['dindx'] }],
    ['wired', { wired: 'dindex' }],
    ['wire.last', { wire: { last: 'last' } }],
    ['reducers', { reducers: { statewireReset: () => monitorState } }],
    ['subscriptions', { subscriptions: { statewire: () => {} } }],
  ])('names %s when it is wrong', (option, overrides) => {
    const world = setup()
    const caught = ((): unknown => {
      try {
        return createMonitor(world, overrides)
      } catch (error) {
        return error
      }
    })()
    expect(StatewireError.is(caught, 'INVALID_OPTION') && caught.details.option).toBe(option)
  })

  it.each([[null], [undefined], ['monitor']])('refuses %j in place of its options', (options) => {
    const { client } = setup()
    const refusal = expect.objectContaining({ code: 'INVALID_OPTION' }) as Error
    expect(() => createStreamModel(options as never)).toThrow(refusal)
    expect(() => createStreamModel(client, options as never)).toThrow(refusal)
  })
})
