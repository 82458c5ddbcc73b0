// One application whose protocols are registered. In a program of its own: all type tests are one, and `Register` is global.
import { append, createClient, defineProtocol, latest, remove, upsert } from '@statewire/core'
import { action, from, piniaStatewire, useConnection } from '@statewire/pinia'
import { createPinia, defineStore } from 'pinia'
import { computed, ref } from 'vue'

interface Ticker {
  symbol: string
  price: number
}
interface Point {
  year: string
  value: number
}

const protocol = defineProtocol<{
  receive: {
    ticker: Ticker
    monitorCPU: [[string, number]]
    notice: string
    delisted: string
    alarm: { level: number }
  }
  send: { say: { text: string } }
}>()
const marketProtocol = defineProtocol<{ receive: { quote: Ticker } }>()

declare module '@statewire/core' {
  interface Register {
    protocols: { default: typeof protocol; market: typeof marketProtocol }
  }
}

// The token provider reads a wired store: clients must not be part of what types `wire`, or this would be circular.
export const client = createClient({
  url: 'wss://example.org/ws',
  auth: { token: ({ refused }) => (refused ? '' : useUser().token) },
  protocol,
})
export const market = createClient({ name: 'market', url: 'wss://example.org/market', protocol: marketProtocol })
createPinia().use(piniaStatewire(client))
createPinia().use(piniaStatewire([client, market], { resetOnSignOut: false }))
createPinia().use(piniaStatewire({ default: client, other: market }))
// @ts-expect-error: not a client
createPinia().use(piniaStatewire({ name: 'no client' }))

export const useUser = defineStore('user', {
  state: () => ({ token: '', notices: [] as readonly string[] }),
  wire: { notice: append('notices', { limit: 10 }) },
})

export const useMonitor = defineStore('monitor', {
  state: () => ({
    last: null as Ticker | null,
    dd: [] as readonly Point[],
    rows: {} as Readonly<Record<string, Ticker>>,
    unread: 0,
    levels: [] as number[],
  }),
  getters: {
    price: (state) => state.last?.price,
  },
  actions: {
    ring(alarm: { level: number }) {
      this.levels.push(alarm.level)
    },
  },
  wire: {
    monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }) }),
    ticker: [latest('last'), upsert('rows', { by: 'symbol' })],
    delisted: remove('rows'),
    notice: (state, messages) => ({ unread: state.unread + messages.length }),
    alarm: action('ring'),
    '*': () => ({ unread: 0 }),
  },
})

export const useSetup = defineStore(
  'setup',
  () => {
    const last = ref<Ticker | null>(null)
    const dd = ref<readonly Point[]>([])
    const unread = ref(0)
    const price = computed(() => last.value?.price)
    function ring(alarm: { level: number }): void {
      unread.value += alarm.level
    }
    return { last, dd, unread, price, ring }
  },
  {
    wire: {
      monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }) }),
      ticker: latest('last', { replay: true }),
      notice: (state, messages) => ({ unread: state.unread + messages.length }),
      alarm: action('ring', { batch: true }),
    },
    wireInitial: () => ({ unread: 0 }),
  },
)

export const useTwo = defineStore('two', {
  state: () => ({ quote: null as Ticker | null, unread: 0 }),
  wire: [
    from('market', { quote: latest('quote') }),
    from('default', { notice: (state, messages) => ({ unread: state.unread + messages.length }) }),
  ],
})

export const useMarket = defineStore('market', {
  state: () => ({ quote: null as Ticker | null }),
  wireClient: 'market',
  wire: { quote: latest('quote') },
})

export const useElsewhere = defineStore('elsewhere', {
  state: () => ({ quote: null as Ticker | null }),
  wire: from('market', { quote: latest('quote') }),
})

export const undeclared = defineStore('undeclared', {
  state: () => ({ anything: null as unknown }),
  wire: from('nobody registered this', { whatever: latest('anything') }),
})

// --- what must not compile ---

// @ts-expect-error: no such message type
export const unknownType = defineStore('unknown-type', {
  state: () => ({ last: null as Ticker | null }),
  wire: { tickr: latest('last') },
})

// @ts-expect-error: no such state key
export const unknownKey = defineStore('unknown-key', {
  state: () => ({ last: null as Ticker | null }),
  wire: {
    ticker: latest('lst'),
  },
})

// @ts-expect-error: a string does not fit where tickers are kept
export const wrongPayload = defineStore('wrong-payload', {
  state: () => ({ last: null as Ticker | null }),
  wire: {
    notice: latest('last'),
  },
})

// @ts-expect-error: the points made are not those of the state
export const wrongPoint = defineStore('wrong-point', {
  state: () => ({ dd: [] as readonly Point[] }),
  wire: {
    monitorCPU: append('dd', { limit: 300, map: ([[year]]) => ({ year }) }),
  },
})

// @ts-expect-error: not a number
export const wrongPartial = defineStore('wrong-partial', {
  state: () => ({ unread: 0 }),
  wire: {
    notice: () => ({ unread: 'many' }),
  },
})

// @ts-expect-error: no such action
export const wrongAction = defineStore('wrong-action', {
  state: () => ({ unread: 0 }),
  actions: { ring() {} },
  wire: {
    alarm: action('rang'),
  },
})

export const wrongSetupKey = defineStore('wrong-setup-key', () => ({ last: ref<Ticker | null>(null) }), {
  // @ts-expect-error: no such state key
  wire: {
    ticker: latest('lst'),
  },
})

export const wrongSetupPayload = defineStore('wrong-setup-payload', () => ({ last: ref<Ticker | null>(null) }), {
  // @ts-expect-error: a string does not fit where tickers are kept
  wire: {
    notice: latest('last'),
  },
})

// @ts-expect-error: "ticker" is a message of the other client
export const wrongFrom = defineStore('wrong-from', {
  state: () => ({ quote: null as Ticker | null }),
  wire: [from('market', { quote: latest('quote'), ticker: latest('quote') })],
})

// @ts-expect-error: a ticker is no text
export const wrongFromPayload = defineStore('wrong-from-payload', {
  state: () => ({ text: '' }),
  wire: from('market', { quote: latest('text') }),
})

// @ts-expect-error: no such state key
export const wrongFromKey = defineStore('wrong-from-key', {
  state: () => ({ quote: null as Ticker | null }),
  wire: [from('market', { quote: latest('quotes') })],
})

// --- stores and the connection, as components see them ---

const monitor = useMonitor()
export const last: Ticker | null = monitor.last
export const price: number | undefined = monitor.price
monitor.$wire.pause()
monitor.$wire.resume()
monitor.$wire.stop()
monitor.ring({ level: 1 })
// @ts-expect-error: wiring an action does not loosen it
monitor.ring(1)

const connection = useConnection()
if (connection.status === 'waiting') export_(connection.nextRetryAt, connection.attempt, connection.reason)
export const connected: Promise<void> = connection.connect()
useConnection('market').retryNow()
useConnection(createPinia())
// @ts-expect-error: not a status
if (connection.status === 'opne') connection.retryNow()

function export_(...values: readonly unknown[]): void {
  void values
}
