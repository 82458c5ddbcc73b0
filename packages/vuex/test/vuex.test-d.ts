import { append, createClient, latest, remove, upsert, type AnyProtocolTypes, type Rule } from '@statewire/core'
import { snapshot } from '@statewire/core/session'
import { commit, dispatch, vuexStatewire, type VuexWire, type WiredState } from '@statewire/vuex'
import { describe, expectTypeOf, it } from 'vitest'
import { createStore, type Plugin } from 'vuex'

interface Ticker {
  symbol: string
  price: number
}
interface Root {
  title: string
  message: unknown
  market: { last: Ticker | null; rows: Readonly<Record<string, Ticker>>; series: readonly number[]; seen: number }
  alarms?: { unread: number; list: readonly string[] }
  byId: Record<string, Ticker>
}
interface Receive {
  ticker: Ticker
  point: number
  notice: string
  gone: string
}

const client = createClient({ url: 'wss://example.org' })
const wire = (entries: VuexWire<Root, Receive>): VuexWire<Root, Receive> => entries

describe('paths', () => {
  it('are the keys of the root state, and those of its modules', () => {
    expectTypeOf<keyof WiredState<Root>>().toEqualTypeOf<
      | 'title'
      | 'message'
      | 'market'
      | 'market/last'
      | 'market/rows'
      | 'market/series'
      | 'market/seen'
      | 'alarms'
      | 'alarms/unread'
      | 'alarms/list'
      | 'byId'
    >()
  })

  it('lead to the type of what is there, modules that come late as if they were there', () => {
    expectTypeOf<WiredState<Root>['title']>().toEqualTypeOf<string>()
    expectTypeOf<WiredState<Root>['market/last']>().toEqualTypeOf<Ticker | null>()
    expectTypeOf<WiredState<Root>['alarms/unread']>().toEqualTypeOf<number>()
  })
})

describe('wire', () => {
  it('takes rules, mutations, actions and lists of them', () => {
    wire({
      ticker: [latest('market/last'), upsert('market/rows', { by: 'symbol' }), commit('SET', { batch: true })],
      point: append('market/series', { limit: 300, count: 'market/seen' }),
      notice: (state, messages) => {
        expectTypeOf(state['alarms/unread']).toEqualTypeOf<number>()
        expectTypeOf(messages).toEqualTypeOf<readonly string[]>()
        return { 'alarms/unread': state['alarms/unread'] + messages.length }
      },
      gone: remove('market/rows'),
      '*': [commit('SET_MESSAGE'), dispatch('log')],
    })
  })

  it('rejects message types and state paths that do not exist', () => {
    // @ts-expect-error no such type
    wire({ tikcer: latest('market/last') })
    // @ts-expect-error no such key in the module
    wire({ ticker: latest('market/lasst') })
    // @ts-expect-error no such module
    wire({ ticker: latest('markt/last') })
    // @ts-expect-error no such key in the root
    wire({ point: append('series', { limit: 300 }) })
    // @ts-expect-error a record is not a module
    wire({ ticker: latest('byId/AAPL') })
    // @ts-expect-error no such key
    wire({ notice: () => ({ 'alarms/unraed': 1 }) })
  })

  it('rejects data that does not fit the state', () => {
    // @ts-expect-error a notice is no ticker
    wire({ notice: latest('market/last') })
    // @ts-expect-error a ticker is no point
    wire({ ticker: append('market/series', { limit: 300 }) })
    // @ts-expect-error the count is a number
    wire({ point: append('market/series', { limit: 300, count: 'title' }) })
    // @ts-expect-error a string is no number
    wire({ notice: () => ({ 'alarms/unread': 'one' }) })
  })

  it('checks what a mutation or action is said to take, against the protocol', () => {
    wire({ ticker: commit<Ticker>('SET'), notice: dispatch<string>('notify') })
    wire({ ticker: commit<readonly Ticker[]>('SET', { batch: true }) })
    wire({ ticker: [commit<{ symbol: string }>('SET'), dispatch<unknown>('log')], '*': commit<Ticker>('SET') })
    // @ts-expect-error a notice is no ticker
    wire({ notice: commit<Ticker>('SET') })
    // @ts-expect-error once per message there is no array
    wire({ ticker: commit<readonly Ticker[]>('SET') })
    // @ts-expect-error once per flush there is an array
    wire({ ticker: dispatch<Ticker>('set', { batch: true }) })
    // @ts-expect-error not an entry
    wire({ ticker: 'SET' })
    // @ts-expect-error not an option
    commit('SET', { bach: true })
  })
})

describe('vuexStatewire', () => {
  it('checks paths against a root state that is given, and data against the client that is named', () => {
    vuexStatewire<Root>(client, { wire: { whatever: latest('market/last'), '*': commit('SET_MESSAGE') } })
    vuexStatewire<{ price: number; last: { price: number } }, 'registered'>(client, {
      wire: { ticker: latest('last') },
    })
    // @ts-expect-error no such path
    vuexStatewire<Root>(client, { wire: { whatever: latest('market/lasst') } })
    // @ts-expect-error no such type
    vuexStatewire<Root, 'registered'>(client, { wire: { tikcer: latest('message') } })
    // @ts-expect-error a ticker is no title
    vuexStatewire<Root, 'registered'>(client, { wire: { ticker: latest('title') } })
    vuexStatewire<Root>(client, { initial: () => ({ 'market/series': [] }) })
    // @ts-expect-error a number is no series
    vuexStatewire<Root>(client, { initial: () => ({ 'market/series': 1 }) })
    // @ts-expect-error no such option
    vuexStatewire(client, { namspace: 'connection' })
  })

  it('takes any path and any data where neither is known', () => {
    vuexStatewire(client, {
      wire: {
        a: latest('any/path/at/all'),
        b: (state, messages) => ({ 'b/n': state['b/n'] + messages.length }),
        c: [upsert('rows', { by: 'id' }), commit('SET')],
        '*': append('log', { limit: 3 }),
      },
    })
    const open: VuexWire<Root, AnyProtocolTypes['receive']> = { a: latest('title') }
    expectTypeOf(open).toBeObject()
  })

  it('is a plugin of any store, and leaves its state type alone', () => {
    const plugin = vuexStatewire(client)
    expectTypeOf(plugin).toExtend<Plugin<Root>>()
    const store = createStore({ state: { title: '' }, strict: true, plugins: [plugin] })
    expectTypeOf(store.state).toEqualTypeOf<{ title: string }>()
    plugin.stop()
  })

  it('takes rules made apart', () => {
    const own: Rule<WiredState<Root>, string> = (state, messages) => ({ title: state.title + messages.join('') })
    wire({ notice: own })
  })
})

describe('snapshots', () => {
  const load = (): Promise<Ticker> => Promise.resolve({ symbol: '', price: 0 })

  it('land in what is there, and are made by snapshot', () => {
    vuexStatewire<Root>(client, { snapshots: { room: snapshot({ load, into: latest('market/last') }) } })
    vuexStatewire<Root>(client, { snapshots: { room: snapshot({ load, into: commit('market/SET_LAST') }) } })
    // @ts-expect-error no such path
    vuexStatewire<Root>(client, { snapshots: { room: snapshot({ load, into: latest('market/lost') }) } })
    // @ts-expect-error a loader alone says not where its data lands
    vuexStatewire<Root>(client, { snapshots: { room: load } })
  })
})
