import { append, latest, remove, upsert } from '@statewire/core'
import { describe, expect, it } from 'vitest'
import { commit, dispatch } from '../src/index.ts'
import { setup } from './setup.ts'

const market = () => ({
  namespaced: true,
  state: () => ({ last: null, series: [], rows: {}, seen: 0 }),
  modules: { deep: { namespaced: true, state: () => ({ n: 0 }) } },
})

describe('rules', () => {
  it('write to the root, to modules and to modules in modules, in one mutation', async () => {
    const { store, send, mutations } = await setup({
      store: { state: { title: '' }, modules: { market: market() } },
      wire: {
        title: latest('title'),
        ticker: [latest('market/last'), upsert('market/rows', { by: 'id' })],
        point: append('market/series', { limit: 2, count: 'market/seen' }),
        deep: latest('market/deep/n'),
        gone: remove('market/rows'),
      },
    })
    const rows = [
      ['ticker', { id: 'a' }],
      ['ticker', { id: 'b' }],
    ] as const
    await send(['title', 'live'], ...rows, ['point', 1], ['point', 2], ['point', 3], ['deep', 7], ['gone', 'a'])
    expect(store.state).toMatchObject({
      title: 'live',
      market: { last: { id: 'b' }, rows: { b: { id: 'b' } }, series: [2, 3], seen: 3, deep: { n: 7 } },
    })
    expect(mutations).toEqual(['connection/landed'])
  })

  it('that are functions see every path, own and of modules, and what rules before them wrote', async () => {
    const seen: string[][] = []
    const { store, send } = await setup({
      store: { state: { title: 'x', user: { name: 'ann' } }, modules: { market: market() } },
      wire: {
        point: append('market/series', { limit: 5 }),
        count: (state) => {
          seen.push(Object.keys(state))
          return {
            title: `${state['user/name']} ${state['market/series'].length}`,
            'market/deep/n': state['market/deep/n'] + 1,
          }
        },
      },
    })
    await send(['point', 1], ['point', 2], ['count'])
    expect(store.state).toMatchObject({ title: 'ann 2', market: { deep: { n: 1 } } })
    expect(seen[0]).toEqual(expect.arrayContaining(['title', 'user', 'user/name', 'market/seen', 'market/deep/n']))
    expect(seen[0]?.filter((path) => path.startsWith('market/rows/'))).toEqual([])
  })

  it('reach no deeper than into values that are changed, never into those that rules replace', async () => {
    const { store, send, problems } = await setup({
      store: { state: { user: null } },
      wire: { user: latest('user'), name: latest('user/name') },
    })
    await send(['user', { name: 'ann' }], ['name', 'bob'])
    await send(['name', 'bob'])
    expect(store.state.user).toEqual({ name: 'ann' })
    expect(problems.map(({ code }) => code)).toEqual(['NO_TARGET'])
  })

  it('meet no prototype on their way', async () => {
    const { send, problems } = await setup({
      store: { state: { a: 1 } },
      wire: { x: latest('__proto__/polluted'), y: latest('constructor/name'), z: latest('a/toString') },
    })
    await send(['x', 1], ['y', 1], ['z', 1])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(problems.map(({ code }) => code)).toEqual(['NO_TARGET', 'NO_TARGET', 'NO_TARGET'])
  })

  it('reach the keys of a module that has others of the wire not', async () => {
    const { store, send, problems } = await setup({
      store: { modules: { market: market() } },
      wire: { gone: latest('market/gone'), last: latest('market/last'), deep: latest('market/deep/n') },
    })
    await send(['gone', 1], ['last', 2], ['deep', 3])
    expect(store.state.market).toMatchObject({ last: 2, deep: { n: 3 } })
    expect(problems.map(({ details }) => details)).toMatchObject([{ target: 'market/gone' }])
  })

  it('drop what belongs into a value that the same flush replaces', async () => {
    const { store, send } = await setup({
      store: { state: { user: { name: 'ann', age: 1 } } },
      wire: { user: latest('user'), name: latest('user/name'), age: latest('user/age') },
    })
    await send(['name', 'bob'], ['user', { name: 'eve', age: 2 }], ['age', 3])
    expect(store.state.user).toEqual({ name: 'eve', age: 2 })
  })

  it('wait for a module that is registered late, and go on after it was taken out', async () => {
    const { store, send, problems, mutations } = await setup({ wire: { last: latest('market/last') } })
    await send(['last', 1])
    expect(mutations).toEqual([])
    store.registerModule('market', market())
    await send(['last', 2])
    expect(store.state.market.last).toBe(2)
    store.unregisterModule('market')
    await send(['last', 3])
    store.registerModule('market', market())
    await send(['last', 4])
    expect(store.state.market.last).toBe(4)
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['NO_TARGET', { target: 'market/last', messageType: 'last', store: 'vuex' }],
    ])
  })

  it('go on where replaceState put other values in', async () => {
    const { store, send } = await setup({
      store: { modules: { market: market() } },
      wire: { point: append('market/series', { limit: 3 }) },
    })
    await send(['point', 1])
    store.replaceState({ ...store.state, market: { ...store.state.market, series: [7, 8] } })
    await send(['point', 9])
    expect(store.state.market.series).toEqual([7, 8, 9])
  })

  it('tell watchers of the key, and only those', async () => {
    const { store, send } = await setup({
      store: { modules: { market: market() } },
      wire: { point: append('market/series', { limit: 3 }) },
    })
    const heard: string[] = []
    const atOnce = { sync: true, flush: 'sync' } as object
    store.watch(
      (state) => state.market.series,
      (series: number[]) => void heard.push(`series ${series.length}`),
      atOnce,
    )
    store.watch(
      (state) => state.market.last,
      () => void heard.push('last'),
      atOnce,
    )
    await send(['point', 1], ['point', 2])
    expect(heard).toEqual(['series 2'])
  })
})

describe('commit', () => {
  it("calls the application's mutation with the data of each message", async () => {
    const { store, send, mutations } = await setup({
      store: { state: { message: null }, mutations: { SET_MESSAGE: (state, data) => void (state.message = data) } },
      wire: { '*': commit('SET_MESSAGE') },
    })
    await send(['one', 1], ['other', { two: 2 }])
    expect(store.state.message).toEqual({ two: 2 })
    expect(mutations).toEqual(['SET_MESSAGE', 'SET_MESSAGE'])
  })

  it('calls it once a flush with all data when batched, after the rules of the flush', async () => {
    const { store, send, mutations } = await setup({
      store: {
        modules: {
          market: {
            ...market(),
            mutations: {
              SET: (state: { rows: unknown; last: unknown }, rows) => void (state.rows = [state.last, ...rows]),
            },
          },
        },
      },
      wire: { ticker: [commit('market/SET', { batch: true }), latest('market/last')] },
    })
    await send(['ticker', 1], ['ticker', 2])
    expect(store.state.market.rows).toEqual([2, 1, 2])
    expect(mutations).toEqual(['connection/landed', 'market/SET'])
  })

  it('reports a mutation that is missing, once, and finds it when it comes', async () => {
    const { store, send, problems } = await setup({ wire: { n: commit('late/ADD'), '*': dispatch('constructor') } })
    await send(['n', 1], ['n', 2], ['x'])
    store.registerModule('late', {
      namespaced: true,
      state: () => ({ n: 0 }),
      mutations: { ADD: (state, n) => void (state.n += n) },
    })
    await send(['n', 3])
    expect(store.state.late.n).toBe(3)
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['NO_TARGET', { target: 'late/ADD', messageType: 'n', store: 'vuex' }],
      ['NO_TARGET', { target: 'constructor', messageType: '*', store: 'vuex' }],
    ])
  })

  it('lets a frame name nothing: only what is wired is called', async () => {
    const { send, mutations, problems } = await setup({
      store: { mutations: { SECRET() {} }, actions: { secret() {} } },
      wire: { ticker: commit('connection/changed') },
    })
    await send(['SECRET', 1], ['connection/landed', { a: 1 }], ['secret', 1], ['mutation', 'SECRET'])
    expect([mutations, problems]).toEqual([[], []])
  })

  it('reports a mutation that throws, and loses nothing else', async () => {
    const { store, send, problems } = await setup({
      store: {
        state: { n: 0, last: null },
        mutations: {
          BAD() {
            throw new Error('a mutation of the application')
          },
          ADD: (state) => void state.n++,
        },
      },
      wire: { a: [commit('BAD'), commit('ADD'), latest('last')] },
    })
    await send(['a', 1], ['a', 2])
    expect(store.state).toMatchObject({ n: 2, last: 2 })
    expect(problems.map(({ code, message }) => [code, message])).toEqual(
      Array.from({ length: 2 }, () => ['CALLBACK', expect.stringContaining('commit "BAD" of store "vuex"')]),
    )
  })
})

describe('dispatch', () => {
  it("calls the application's action, in a module as well", async () => {
    const heard: unknown[] = []
    const { send } = await setup({
      store: {
        actions: { one: (_, data) => void heard.push(data) },
        modules: { alarms: { namespaced: true, actions: { ring: (_, data) => void heard.push(data) } } },
      },
      wire: { one: dispatch('one'), alarm: dispatch('alarms/ring', { batch: true }) },
    })
    await send(['one', 1], ['alarm', 2], ['alarm', 3])
    expect(heard).toEqual([1, [2, 3]])
  })

  it('reports an action that throws or rejects', async () => {
    const { send, problems } = await setup({
      store: {
        actions: {
          throws() {
            throw new Error('of the application')
          },
          rejects: () => Promise.reject(new Error('of the application')),
        },
      },
      wire: { a: dispatch('throws'), b: dispatch('rejects') },
    })
    await send(['a'], ['b'])
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('dispatch "throws"'),
      expect.stringContaining('dispatch "rejects"'),
    ])
  })
})

describe('strict mode', () => {
  it('still objects to writes outside mutations, also after replaceState, messages and subscribers that throw', async () => {
    const { store, send, problems } = await setup({
      store: { state: { last: null as unknown, other: null } },
      wire: { last: latest('last'), other: latest('other') },
    })
    expect(objectsTo(() => (store.state.last = 1))).toBe(true)
    store.replaceState({ ...store.state, last: 2 })
    expect(objectsTo(() => (store.state.last = 3))).toBe(true)
    store.subscribe(() => {
      throw new Error('a subscriber of the application')
    })
    await send(['last', 4], ['other', 5])
    expect(store.state).toMatchObject({ last: 4, other: 5 })
    expect(problems.map(({ code }) => code)).toEqual(['CALLBACK'])
    expect(objectsTo(() => (store.state.other = 6))).toBe(true)
  })

  it('objects from the start, before anything else has happened', async () => {
    const { store } = await setup({ store: { state: { n: 0 } } })
    store.replaceState({ ...store.state, n: 1 })
    expect(objectsTo(() => (store.state.n = 2))).toBe(true)
  })

  it('objects from the start also where an earlier connection state was restored', async () => {
    const restore = (store: { state: object; replaceState: (state: object) => void }): void =>
      store.replaceState({ ...store.state, connection: { status: 'open', attempt: 0 } })
    const { store } = await setup({ store: { state: { n: 0, deep: { n: 0 } }, plugins: [restore] } })
    expect(objectsTo(() => (store.state.deep.n = 1))).toBe(true)
    store.replaceState({ ...store.state, n: 1 })
    expect(objectsTo(() => (store.state.n = 2))).toBe(true)
  })

  it('walks through the state once a change, not once more for the connection module', async () => {
    let reads = 0
    const counted = Object.defineProperty({}, 'n', { enumerable: true, get: () => reads++ })
    const { send } = await setup({ store: { state: { last: null, counted } }, wire: { last: latest('last') } })
    reads = 0
    await send(['last', 1])
    expect(reads).toBe(1)
  })
})

/** Whether strict mode says something against a write; Vue prints what its watchers throw, and may throw it as well. */
function objectsTo(write: () => void): boolean {
  const { error, warn } = console
  const said: string[] = []
  console.error = console.warn = (...words: unknown[]) => void said.push(words.join(' '))
  try {
    write()
  } catch (thrown) {
    said.push(String(thrown))
  } finally {
    Object.assign(console, { error, warn })
  }
  return said.some((text) => text.includes('do not mutate vuex store state outside mutation handlers'))
}
