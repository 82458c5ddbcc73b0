import { latest } from '@statewire/core'
import { settle } from '@statewire/testing'
import { describe, expect, it, vi } from 'vitest'
import { vuexStatewire } from '../src/index.ts'
import { connectedClient, createStore, nextTick, setup } from './setup.ts'

describe('connection module', () => {
  it('shows the connection, one mutation for each change', async () => {
    const { store, server, mutations, clock } = await setup()
    expect(store.state.connection).toMatchObject({ status: 'open', reason: undefined, nextRetryAt: undefined })
    server.stop()
    expect(store.state.connection).toMatchObject({ status: 'waiting', attempt: 2, reason: 'closed' })
    expect(store.state.connection.nextRetryAt).toBeGreaterThan(clock.now())
    expect(mutations).toEqual(['connection/changed'])
  })

  it('holds plain data: it survives JSON, and neither client nor socket is in it', async () => {
    const { store } = await setup()
    const { connection } = store.state
    expect(Object.keys(connection)).toEqual([
      'status',
      'attempt',
      'nextRetryAt',
      'reason',
      'since',
      'latencyMs',
      'quality',
    ])
    expect(Object.values(connection).filter((value) => typeof value === 'object')).toEqual([])
    expect(JSON.parse(JSON.stringify(connection))).toMatchObject({ status: 'open' })
  })

  it('shows how well messages get through', async () => {
    const { store, client } = await setup()
    expect(store.state.connection.quality).toBe('good')
    await client.disconnect()
    expect(store.state.connection.quality).toBeUndefined()
  })

  it('connects, disconnects and retries by actions', async () => {
    const { store, server, client } = await setup()
    expect(await store.dispatch('connection/disconnect')).toBe(true)
    expect(store.state.connection).toMatchObject({ status: 'closed', reason: 'requested' })
    expect(await store.dispatch('connection/connect')).toBe(true)
    server.stop()
    server.start()
    await store.dispatch('connection/retryNow')
    await settle()
    expect(client.state.status).toBe('open')
  })

  it('sends by an action', async () => {
    const { store, server } = await setup()
    expect(await store.dispatch('connection/send', { type: 'say', data: 'hello' })).toBe(true)
    expect(server.received).toEqual([{ type: 'say', data: 'hello' }])
  })

  it('answers false where a client rejects: dispatches that nobody awaits are no unhandled rejections', async () => {
    const { store, client, problems } = await setup()
    await client.disconnect()
    expect(await store.dispatch('connection/send', { type: 'say' })).toBe(false)
    expect(problems.map(({ code }) => code)).toEqual(['CLOSED'])
    const connecting = store.dispatch('connection/connect')
    void store.dispatch('connection/disconnect')
    expect(await connecting).toBe(false)
  })

  it('shows the present connection again after another state was put in, by persistence or time travel', async () => {
    const { store, server } = await setup({ store: { state: { n: 1 } } })
    const saved = JSON.parse(JSON.stringify(store.state)) as { connection: object }
    server.stop()
    store.replaceState({ ...saved, n: 2 })
    await nextTick()
    expect(store.state).toMatchObject({ n: 2, connection: { status: 'waiting' } })
    store.replaceState({ n: 3 })
    await nextTick()
    expect(store.state).toMatchObject({ n: 3, connection: { status: 'waiting' } })
    server.start()
    await store.dispatch('connection/retryNow')
    await settle()
    expect(store.state.connection.status).toBe('open')
  })

  it('outlives a hot update of the store', async () => {
    const { store, server, send } = await setup({
      store: { state: { last: null }, modules: { late: { state: () => ({ n: 0 }) } } },
      wire: { last: latest('last') },
    })
    store.hotUpdate({ mutations: { NEW() {} }, modules: { late: { mutations: { NEWER() {} } } } })
    await send(['last', 1])
    expect(store.state.last).toBe(1)
    server.stop()
    expect(store.state.connection.status).toBe('waiting')
  })
})

describe('the action send', () => {
  it.each([
    ['a string', 'hello', '"hello"'],
    ['nothing', undefined, 'undefined'],
    ['data without a type', { data: 1 }, 'an object'],
    ['an empty type', { type: '' }, 'an object'],
  ])('refuses %s: answers false and says what it takes', async (_, payload, received) => {
    const { store, server, problems } = await setup()
    expect(await store.dispatch('connection/send', payload)).toBe(false)
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      [
        'INVALID_OPTION',
        `Option "connection/send(payload)" must be an object { type, data } whose type is a string that is not empty, received ${received}.`,
      ],
    ])
    expect(server.received).toEqual([])
  })
})

describe('several clients', () => {
  it('feed one store, each with a module of its own', async () => {
    const market = await connectedClient({ name: 'market' })
    const { store, send, client } = await setup({
      store: {
        state: { notice: null, quote: null },
        plugins: [vuexStatewire(market.client, { namespace: 'market', wire: { quote: latest('quote') } })],
      },
      wire: { notice: latest('notice') },
    })
    await send(['notice', 1], ['quote', 'of the wrong one'])
    await market.send(['quote', 2])
    await client.disconnect()
    expect(store.state).toMatchObject({
      notice: 1,
      quote: 2,
      connection: { status: 'closed' },
      market: { status: 'open' },
    })
    expect(await store.dispatch('market/disconnect')).toBe(true)
  })
})

describe('options', () => {
  it.each([
    ['client', [{}]],
    ['namespace', [undefined, { namespace: '' }]],
    ['namespace', [undefined, { namespace: 'a/b' }]],
    ['initial', [undefined, { initial: {} }]],
  ])('refuses a wrong %s', async (option, [given, options]) => {
    const { client } = await connectedClient()
    expect(() => vuexStatewire((given ?? client) as never, options as never)).toThrow(`Option "${option}" must be`)
  })

  it('refuses a namespace that is taken, and a wire that is none', async () => {
    const { client } = await connectedClient()
    const modules = { connection: { namespaced: true } }
    expect(() => createStore({ modules, plugins: [vuexStatewire(client)] })).toThrow('Option "namespace" must be')
    const plugin = vuexStatewire(client, { wire: { last: 'last' } as never })
    expect(() => createStore({ plugins: [plugin] })).toThrow('Option "wire.last" must be')
  })
})

describe('a namespace', () => {
  it.each([
    ['a string', 'online'],
    ['null', null],
    ['an object of another shape', { online: true }],
    ['an object whose status is no string', { status: 200 }],
  ])('refuses state of the application under it: %s', async (_, taken) => {
    const { client } = await connectedClient()
    const state = { connection: taken }
    const plugin = vuexStatewire(client)
    expect(() => createStore({ state, plugins: [plugin] })).toThrow('Option "namespace" must be')
    expect(state.connection).toEqual(taken)
  })

  it('takes what persistence or a server has put there: an earlier connection state', async () => {
    const before = { status: 'waiting', attempt: 3, nextRetryAt: 1, reason: 'closed', since: 1 }
    const { store } = await setup({
      store: { plugins: [(restored) => restored.replaceState({ ...restored.state, connection: before })] },
    })
    expect(store.state.connection).toMatchObject({ status: 'open', nextRetryAt: undefined, reason: undefined })
  })
})

describe('a plugin that is refused', () => {
  it.each([
    ['wire.last', { last: 'last' }],
    ['wire', null],
  ])('for its %s leaves neither a module nor listeners behind', async (option, wire) => {
    const { client } = await connectedClient()
    const listening = vi.spyOn(client, 'on')
    const store = createStore({ state: { last: null } })
    expect(() => vuexStatewire(client, { wire: wire as never })(store)).toThrow(`Option "${option}" must be`)
    expect([store.state, store.hasModule('connection')]).toEqual([{ last: null }, false])
    expect(listening).not.toHaveBeenCalled()
    vuexStatewire(client, { wire: { last: latest('last') } })(store)
    expect(store.state.connection.status).toBe('open')
  })
})

describe('the end', () => {
  it('comes by stop(): state stays and nothing changes it any more', async () => {
    const { store, plugin, send, server, mutations } = await setup({
      store: { state: { last: null } },
      wire: { last: latest('last') },
    })
    await send(['last', 1])
    plugin.stop()
    plugin.stop()
    await send(['last', 2])
    server.stop()
    expect(store.state).toMatchObject({ last: 1, connection: { status: 'open' } })
    expect(mutations).toEqual(['connection/landed'])
  })

  it('comes when the connection module is taken out', async () => {
    const { store, send, server, mutations } = await setup({
      store: { state: { last: null } },
      wire: { last: latest('last') },
    })
    store.unregisterModule('connection')
    await nextTick()
    await send(['last', 1])
    server.stop()
    await nextTick()
    expect([store.state, mutations]).toEqual([{ last: null }, []])
  })

  it('comes with the client: its module says so', async () => {
    const { store, client } = await setup()
    client.dispose()
    expect(store.state.connection).toMatchObject({ status: 'closed', reason: 'disposed' })
  })

  it('leaves other stores of the plugin their connection until stop() ends them all', async () => {
    const { client, send } = await connectedClient()
    const plugin = vuexStatewire(client, { wire: { last: latest('last') } })
    const stores = [1, 2].map(() => createStore({ state: { last: null }, plugins: [plugin] }))
    stores[0]!.unregisterModule('connection')
    await send(['last', 1])
    expect(stores.map(({ state }) => state.last)).toEqual([null, 1])
    plugin.stop()
    await send(['last', 2])
    expect(stores[1]!.state.last).toBe(1)
  })
})
