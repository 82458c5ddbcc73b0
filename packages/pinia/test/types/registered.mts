// One application whose protocols are registered. In a program of its own: all type tests are one, and `Register` is global.
import { append, createClient, defineProtocol, latest, remove, upsert } from '@statewire/core'
import { action, from, fromChannel, piniaStatewire, useConnection } from '@statewire/pinia'
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
    const ringAll = (alarms: readonly { level: number }[]) => (unread.value += alarms.length)
    return { last, dd, unread, price, ring, ringAll }
  },
  {
    wire: {
      monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }) }),
      ticker: latest('last', { replay: true }),
      notice: (state, messages) => ({ unread: state.unread + messages.length }),
      alarm: [action('ring'), action('ringAll', { batch: true })],
    },
    wireInitial: () => ({ unread: 0 }),
  },
)

// Actions that need nothing of their store.
declare const takesAnything: (anything: unknown) => void
declare const takesAlarm: (alarm: { level: number }) => void
declare const takesAlarms: (alarms: readonly { level: number }[]) => void
declare const takesText: (text: string) => void
declare const takesTwo: (alarm: { level: number }, text: string) => void

// What actions return may depend on the store itself, which is inferred while `wire` is checked.
export const useAlarms = defineStore('alarms', {
  state: () => ({ levels: [] as number[], last: null as Ticker | null }),
  getters: {
    loudest: (state) => Math.max(...state.levels),
    isLoud(): boolean {
      return this.loudest > 3
    },
  },
  actions: {
    ring({ level }: { level: number }, isSilent = false) {
      if (!isSilent) this.levels.push(level)
      return this.count()
    },
    async ringAll(alarms: readonly { level: number }[]) {
      for (const alarm of alarms) this.ring(alarm)
      await Promise.resolve()
      return this.isLoud
    },
    count() {
      return this.levels.length
    },
    log(anything: unknown) {
      this.$patch((state) => void state.levels.push(anything === null ? 0 : 1))
    },
    find<Of extends { symbol: string }>(of: Of) {
      return [of.symbol, this.loudest] as const
    },
  },
  wire: {
    alarm: [action('ring'), action('ringAll', { batch: true }), action('count'), action('count', { batch: true })],
    ticker: [latest('last'), action('find'), action('log'), action('log', { batch: true })],
    notice: (state, messages) => ({ levels: [...state.levels, messages.length] }),
    '*': [action('ring'), action('ringAll', { batch: true })],
  },
})
export const counted: number = useAlarms().ring({ level: 1 })
export const rung: Promise<boolean> = useAlarms().ringAll([])
export const loudest: number = useAlarms().loudest

export const useMixed = defineStore('mixed', {
  state: () => ({ levels: [] as number[] }),
  getters: { find: () => (level: number) => level, first: (state) => state.levels[0] },
  actions: {
    log: takesAnything,
    ring(alarm: { level: number }) {
      this.levels.push(alarm.level)
    },
    count() {},
  },
  wire: { alarm: [action('log'), action('ring'), action('count')], notice: action('log', { batch: true }) },
})

export const useAlarmsFrom = defineStore('alarms-from', {
  state: () => ({ levels: [] as readonly number[] }),
  actions: {
    ring(alarm: { level: number }) {
      this.levels = [...this.levels, alarm.level]
    },
  },
  wire: [from('default', { alarm: action('ring') }), from('nobody', { whatever: action('ring') })],
})

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

// @ts-expect-error: a text is no alarm
export const wrongActionPayload = defineStore('wrong-action-payload', {
  state: () => ({ unread: 0 }),
  actions: {
    ring(alarm: { level: number }) {
      this.unread += alarm.level
    },
  },
  wire: {
    notice: action('ring'),
  },
})

// @ts-expect-error: a text is no alarm, in a list of entries as well
export const wrongActionPayloadInList = defineStore('wrong-action-payload-in-list', {
  state: () => ({ unread: 0 }),
  actions: { ring: takesAlarm },
  wire: {
    alarm: action('ring'),
    notice: [() => ({ unread: 1 }), action('ring')],
  },
})

// @ts-expect-error: with batch there is an array
export const wrongBatch = defineStore('wrong-batch', {
  state: () => ({ unread: 0 }),
  actions: { ring: takesAlarm },
  wire: {
    alarm: action('ring', { batch: true }),
  },
})

// @ts-expect-error: without batch there is no array
export const missingBatch = defineStore('missing-batch', {
  state: () => ({ unread: 0 }),
  actions: { ringAll: takesAlarms },
  wire: {
    alarm: action('ringAll'),
  },
})

// @ts-expect-error: nobody gives the second argument
export const wrongArity = defineStore('wrong-arity', {
  state: () => ({ unread: 0 }),
  actions: { ring: takesTwo },
  wire: {
    alarm: action('ring'),
  },
})

// @ts-expect-error: state and getters are no actions, functions or not
export const stateAsAction = defineStore('state-as-action', {
  state: () => ({ ring: takesAlarm }),
  getters: { find: () => takesAlarm },
  actions: { count() {} },
  wire: {
    alarm: action('ring'),
  },
})

// @ts-expect-error: state and getters are no actions, functions or not
export const getterAsAction = defineStore('getter-as-action', {
  state: () => ({ ring: takesAlarm }),
  getters: { find: () => takesAlarm },
  actions: { count() {} },
  wire: {
    alarm: action('find'),
  },
})

// A store without any actions is not told from one whose actions are not inferred yet. What it names is a `problem` at run time.
const withoutActions = defineStore('without-actions', { state: () => ({ n: 0 }), wire: { alarm: action('ring') } })
// @ts-expect-error: naming an action does not make one
withoutActions().ring({ level: 1 })

// @ts-expect-error: a quote is no alarm
export const wrongFromAction = defineStore('wrong-from-action', {
  state: () => ({ unread: 0 }),
  actions: { ring: takesAlarm },
  wire: from('market', { quote: action('ring') }),
})

export const withoutState = defineStore('without-state', {
  // @ts-expect-error: a wire does not make state
  wire: { ticker: latest('last') },
})

export const wrongSetupAction = defineStore('wrong-setup-action', () => ({ ring: takesAlarm }), {
  // @ts-expect-error: no such action
  wire: {
    alarm: action('rang'),
  },
})

export const wrongSetupActionPayload = defineStore('wrong-setup-action-payload', () => ({ ring: takesText }), {
  // @ts-expect-error: an alarm is no text
  wire: {
    notice: action('ring'),
    alarm: action('ring'),
  },
})

export const wrongSetupBatch = defineStore('wrong-setup-batch', () => ({ ring: takesAlarm }), {
  // @ts-expect-error: with batch there is an array
  wire: {
    alarm: action('ring', { batch: true }),
  },
})

// @ts-expect-error: no such option
action('ring', { bach: true })

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
monitor.$reset()
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

defineStore('room', {
  state: () => ({ log: [] as readonly string[] }),
  wire: [
    fromChannel('room:1', { notice: append('log', { limit: 3 }) }),
    fromChannel('room:2', { quote: action('quoted') }, { client: 'market' }),
  ],
  actions: { quoted(_ticker: Ticker) {} },
})

// @ts-expect-error -- the state has no such key
defineStore('lost', {
  state: () => ({ log: [] as readonly string[] }),
  wire: fromChannel('room:1', { notice: append('nowhere', { limit: 3 }) }),
})

// @ts-expect-error -- the client does not receive such messages
fromChannel('room:1', { nothing: append('log', { limit: 3 }) })

// @ts-expect-error -- a message type of the other client
fromChannelOf(fromChannel('room:1', { quote: latest('last') }))
function fromChannelOf(part: { readonly wire: { readonly quote: unknown } }) {
  return part
}
