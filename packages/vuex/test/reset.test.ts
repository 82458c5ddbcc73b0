import { append, latest } from '@statewire/core'
import { describe, expect, it } from 'vitest'
import { setup } from './setup.ts'

const modules = { market: { namespaced: true, state: () => ({ last: null, series: [{ seed: 1 }], own: 'kept' }) } }

describe('sign-out', () => {
  it('puts wired paths back in one mutation, and leaves the rest', async () => {
    const { store, client, send, mutations } = await setup({
      store: { state: { title: 'none' }, modules },
      wire: {
        last: latest('market/last'),
        point: append('market/series', { limit: 9 }),
        title: (_, titles) => ({ title: titles.at(-1) }),
      },
    })
    await send(['last', 1], ['point', 2], ['title', 'live'])
    client.signOut()
    expect(store.state).toMatchObject({
      title: 'none',
      market: { last: null, series: [{ seed: 1 }], own: 'kept' },
      connection: { status: 'closed' },
    })
    expect(mutations.filter((type) => type !== 'connection/changed')).toEqual(['connection/landed', 'connection/reset'])
  })

  it('gives a fresh copy each time', async () => {
    const { store, client, send } = await setup({
      store: {
        modules: {
          market: {
            ...modules.market,
            mutations: { PUSH: (state: { series: unknown[] }) => void state.series.push(9) },
          },
        },
      },
      wire: { point: append('market/series', { limit: 9 }) },
    })
    for (let round = 0; round < 2; round++) {
      await client.connect()
      await send(['point', 2])
      client.signOut()
      store.commit('market/PUSH')
      expect(store.state.market.series).toEqual([{ seed: 1 }, 9])
    }
  })

  it('takes what `initial` says where a persistence plugin was there first', async () => {
    const { store, client, send } = await setup({
      store: {
        state: { last: null, other: null },
        plugins: [(store) => store.replaceState({ ...store.state, last: 'saved', other: 'saved' })],
      },
      wire: { last: latest('last'), other: latest('other') },
      initial: () => ({ last: null }),
    })
    await send(['last', 1], ['other', 1])
    client.signOut()
    expect(store.state).toMatchObject({ last: null, other: 'saved' })
  })

  it('puts back what `initial` names for rules that declare no keys, also before their first change', async () => {
    const { store, client, send } = await setup({
      store: {
        state: { title: '', other: '' },
        plugins: [(store) => store.replaceState({ title: 'of the user before', other: 'kept' })],
      },
      wire: { title: (_, titles) => ({ title: titles.at(-1) }) },
      initial: () => ({ title: 'none' }),
    })
    client.signOut()
    expect(store.state).toMatchObject({ title: 'none', other: 'kept' })
    await client.connect()
    await send(['title', 'live'])
    client.signOut()
    expect(store.state).toMatchObject({ title: 'none', other: 'kept' })
  })

  it('goes on with the values it kept when `initial` throws', async () => {
    const { store, client, send, problems } = await setup({
      store: { state: { last: null, other: 'first' } },
      wire: { last: latest('last'), other: latest('other') },
      initial() {
        throw new Error('of the application')
      },
    })
    await send(['last', 1], ['other', 1])
    client.signOut()
    expect(store.state).toMatchObject({ last: null, other: 'first' })
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['CALLBACK', { where: 'initial of store "vuex"' }],
    ])
  })

  it('knows modules that came late, and does not miss those that are gone', async () => {
    const { store, client, send } = await setup({ wire: { last: latest('market/last'), gone: latest('gone/n') } })
    store.registerModule('market', modules.market)
    store.registerModule('gone', { state: () => ({ n: 0 }) })
    await send(['last', 1], ['gone', 1])
    store.unregisterModule('gone')
    client.signOut()
    expect(store.state.market.last).toBeNull()
    expect('gone' in store.state).toBe(false)
  })

  it('changes nothing with resetOnSignOut: false', async () => {
    const { store, client, send } = await setup({
      store: { state: { last: null } },
      wire: { last: latest('last') },
      resetOnSignOut: false,
    })
    await send(['last', 1])
    client.signOut()
    expect(store.state.last).toBe(1)
  })
})
