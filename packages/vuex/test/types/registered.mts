// One application whose protocol and root state are registered. In a program of its own: all type tests are one, and
// `Register` is global.
import { append, createClient, defineProtocol, latest, type RegisteredTypes } from '@statewire/core'
import { commit, dispatch, vuexStatewire, type RegisteredState } from '@statewire/vuex'
import { createStore, type Store } from 'vuex'

interface Ticker {
  symbol: string
  price: number
}
interface Root {
  message: unknown
  user: { token: string }
  market: { last: Ticker | null; series: readonly number[] }
}

const protocol = defineProtocol<{ receive: { ticker: Ticker; points: number } }>()
const marketProtocol = defineProtocol<{ receive: { quote: Ticker } }>()

declare module '@statewire/core' {
  interface Register {
    protocols: { default: typeof protocol; market: typeof marketProtocol }
    vuexState: Root
  }
}

// The token provider reads the store that the client feeds.
export const client = createClient({
  url: 'wss://example.org/ws',
  auth: { token: () => store.state.user.token },
  protocol,
})
const market = createClient({ name: 'market', url: 'wss://example.org/market', protocol: marketProtocol })

export const store: Store<Root> = createStore<Root>({
  plugins: [
    vuexStatewire(client, {
      wire: {
        ticker: [latest('market/last'), commit<Ticker>('SET_TICKER'), dispatch('market/refresh')],
        points: append('market/series', { limit: 300 }),
        '*': commit('SET_MESSAGE'),
      },
    }),
    vuexStatewire<RegisteredState, 'market'>(market, {
      namespace: 'market-connection',
      wire: { quote: latest('market/last') },
    }),
  ],
})

const data: RegisteredTypes['receive']['ticker'] = { symbol: 'A', price: 1 }
void data

// @ts-expect-error: a type the protocol does not have
vuexStatewire(client, { wire: { tikcer: latest('market/last') } })
// @ts-expect-error: a key the state does not have
vuexStatewire(client, { wire: { ticker: latest('market/lasst') } })
// @ts-expect-error: the mutation takes something else
vuexStatewire(client, { wire: { points: commit<Ticker>('SET_TICKER') } })
// @ts-expect-error: a type of the other client
vuexStatewire(client, { wire: { quote: latest('market/last') } })

// @ts-expect-error: a key the state does not have
vuexStatewire(client, { channels: { room: { ticker: latest('market/lasst') } } })
vuexStatewire(client, { channels: { room: { ticker: latest('market/last') } } })
