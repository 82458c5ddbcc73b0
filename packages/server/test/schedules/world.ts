import { createClient, StatewireError, type AnyClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { FakeClock, FakeFrames, FakeSignals } from '@statewire/testing'
import { createHub, memoryBackplanes, type Hub } from '@statewire/server'
import { flaky } from '../hub/links.ts'
import { passTime, seededRandom } from './chance.ts'
import { Network } from './wire.ts'

/** What may happen, to the network, the servers, the page, or by the user. */
export type Action =
  | { readonly do: 'publish' | 'send' | 'ask'; readonly count: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'blackhole'; readonly direction: 'up' | 'down' | 'both' }
  | {
      readonly do: 'cut' | 'heal' | 'kill' | 'start' | 'drain' | 'disconnect' | 'connect' | 'retry' | 'wake' | 'offline'
    }
  | { readonly do: 'storeDown' | 'storeUp' | 'loseReply' | 'restart' }

const TOPIC = 'log'
const PUBLISHER = 'publisher'
const STEP_MS = 250
const TURN_MS = 5
const QUIET_MS = 90_000

/** Many microtasks: promises of client, hub and store wait for each other. */
async function settle(): Promise<void> {
  for (let i = 0; i < 24; i++) await Promise.resolve()
}

/** A publisher and a reader, two server nodes in turn on one store, and a network; all on one fake clock. */
export class World {
  readonly clock = new FakeClock()
  readonly #network = new Network(this.clock)
  readonly #signals = new FakeSignals()
  readonly #makeStore
  readonly #hubs: Hub[] = []
  readonly #stores: ReturnType<typeof flaky>[] = []
  readonly publisher: AnyClient
  readonly reader: AnyClient
  /** What was asked of the publisher, in order, and how often and how each promise settled. */
  readonly asked: { readonly kind: 'publish' | 'send' | 'ask'; readonly id: number; settled: string[] }[] = []
  /** What handlers were called with, in order. */
  readonly handled: number[] = []
  readonly read: number[] = []
  readonly resyncs: string[] = []
  readonly unexpected: string[] = []
  #storeDown = false
  readonly #random: () => number
  #ids = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    const env = { clock: this.clock, random: () => this.#random(), id: () => `id-${++this.#ids}` }
    this.#makeStore = memoryBackplanes({ env })
    this.#start()
    this.publisher = this.#client(PUBLISHER)
    this.reader = this.#client('reader')
    const channel = this.reader.channel(TOPIC)
    channel.on('resync', ({ why }) => this.resyncs.push(why))
    channel.subscribe(({ data }) => this.read.push(data as number))
    void this.publisher.connect()
    void this.reader.connect()
  }

  async run(actions: readonly Action[]): Promise<void> {
    // Whoever subscribes later is not promised what came before.
    while (!this.#bothOpen()) await this.#pass(STEP_MS)
    for (const action of actions) {
      this.#act(action)
      await settle()
    }
    await this.#calm()
  }

  /** Everything that was ever published, as the store has it. */
  async log(): Promise<number[]> {
    const store = this.#makeStore()
    const history = await store.history(TOPIC, undefined, { messages: 100_000, ttlMs: 1e12 })
    const all = await store.history(TOPIC, { ...history.top, offset: 0 }, { messages: 100_000, ttlMs: 1e12 })
    return (all.publications ?? []).map(({ payload }) => (JSON.parse(payload) as { data: number }).data)
  }

  /** Ends everything; what is left over is a leak. */
  async end(): Promise<number[]> {
    this.publisher.dispose()
    this.reader.dispose()
    const closing = this.#hubs.map((hub) => hub.close())
    await this.#pass(5_000)
    await Promise.all(closing)
    return this.clock.pending
  }

  get listeners(): number {
    return this.#signals.listeners
  }

  #act(action: Action): void {
    switch (action.do) {
      case 'publish':
      case 'send':
      case 'ask':
        for (let i = 0; i < action.count; i++) this.#ask(action.do)
        return
      case 'pass':
        return this.clock.advance(action.ms)
      case 'blackhole':
        return this.#network.blackhole(action.direction)
      case 'cut':
        return this.#network.cut()
      case 'heal':
        return this.#network.heal()
      case 'kill':
        this.#network.hub = undefined
        return this.#network.cut()
      case 'start':
        return this.#network.hub ? undefined : this.#start()
      case 'drain':
        void this.#network.hub?.drain({ deadlineMs: 1_000, spreadMs: 500 })
        return this.#start()
      case 'disconnect':
        return void this.publisher.disconnect()
      case 'connect':
        return void this.publisher.connect()
      case 'retry':
        return this.reader.retryNow()
      case 'wake':
        return this.#signals.emit('visible')
      case 'offline':
        return this.#signals.emit('offline')
      case 'storeDown':
      case 'storeUp':
        this.#storeDown = action.do === 'storeDown'
        for (const store of this.#stores) store.down = this.#storeDown
        return
      case 'loseReply':
        return void this.#stores.at(-1)!.lostReplies++
      case 'restart':
        void this.reader.disconnect()
        return void this.reader.connect()
      default:
        return action satisfies never
    }
  }

  #ask(kind: 'publish' | 'send' | 'ask'): void {
    const entry = { kind, id: this.asked.length + 1, settled: [] as string[] }
    this.asked.push(entry)
    this.#post(kind, entry.id).then(
      () => entry.settled.push('ok'),
      (error: unknown) => entry.settled.push(StatewireError.is(error) ? error.code : String(error)),
    )
  }

  #post(kind: 'publish' | 'send' | 'ask', id: number): Promise<unknown> {
    if (kind === 'publish') return this.publisher.channel(TOPIC).publish('entry', id)
    if (kind === 'send') return this.publisher.send('note', id)
    return this.publisher.request('double', id, { timeoutMs: 600_000 }).then((result) => {
      if (result !== 2 * id) this.unexpected.push(`reply ${String(result)} to ${id}`)
    })
  }

  #client(name: string): AnyClient {
    const env = {
      clock: this.clock,
      signals: this.#signals,
      frames: new FakeFrames(),
      random: () => this.#random(),
    }
    const client = createClient({
      url: 'ws://world',
      name,
      env,
      transport: this.#network.open,
      auth: { token: () => name },
      session: session(),
      flush: 'sync',
    })
    client.on('problem', (problem) => {
      if (problem.code !== 'TOKEN') this.unexpected.push(`${name}: ${problem.message}`)
    })
    return client
  }

  #start(): void {
    const store = flaky(this.#makeStore())
    store.down = this.#storeDown
    this.#stores.push(store)
    const hub = createHub({
      env: {
        clock: this.clock,
        random: () => this.#random(),
        id: () => `id-${++this.#ids}`,
        // Long enough for a link to end meanwhile.
        turn: (callback) => void this.clock.schedule(TURN_MS, callback),
      },
      backplane: store.backplane,
      authenticate: (token) => ({ id: token }),
      authorize: () => true,
      topics: { retention: { messages: 100_000, ttlMs: 1e12 } },
      messages: { note: (data) => void this.handled.push(data as number) },
      requests: { double: (data) => 2 * (data as number) },
    })
    this.#hubs.push(hub)
    this.#network.hub = hub
  }

  /** All faults end; after a while everything has to be well. */
  async #calm(): Promise<void> {
    this.#act({ do: 'storeUp' })
    for (const store of this.#stores) store.lostReplies = 0
    this.#act({ do: 'heal' })
    this.#act({ do: 'start' })
    void this.publisher.connect()
    for (let left = QUIET_MS; left > 0; left -= 1_000) {
      await this.#pass(1_000)
      if (this.asked.every(({ settled }) => settled.length > 0) && this.#bothOpen() && this.#caughtUp()) return
    }
  }

  #bothOpen(): boolean {
    return this.publisher.state.status === 'open' && this.reader.channel(TOPIC).status === 'subscribed'
  }

  #caughtUp(): boolean {
    const published = this.asked.filter(({ kind, settled }) => kind === 'publish' && settled[0] === 'ok')
    return published.length <= this.read.length
  }

  #pass(ms: number): Promise<void> {
    return passTime(this.clock, ms, settle)
  }
}
