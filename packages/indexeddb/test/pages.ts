import { createClient, type AnyClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createHub, memoryBackplanes, type Hub } from '@statewire/server'
import { FakeClock, FakeFrames, FakeSignals } from '@statewire/testing'
import { FakeDisk, type FakePage } from '../../core/test/session/fake-disk.ts'
import { passTime, seededRandom } from '../../server/test/schedules/chance.ts'
import { Network } from '../../server/test/schedules/wire.ts'

/** What may happen to the pages of one user, their network and their server. */
export type Action =
  | { readonly do: 'publish' | 'ask'; readonly count: number; readonly page: number }
  | { readonly do: 'crash' | 'close'; readonly page: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'blackhole'; readonly direction: 'up' | 'down' | 'both' }
  | { readonly do: 'open' | 'cut' | 'heal' | 'kill' | 'start' }

interface OpenPage {
  readonly number: number
  readonly storage: FakePage
  readonly client: AnyClient
}

const TOPIC = 'log'
const MOST_PAGES = 3
const QUIET_MS = 600_000

async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve()
}

/** Pages of one user on one disk, which come and go, and a server that keeps what they publish; on one fake clock. */
export class Pages {
  readonly clock = new FakeClock()
  readonly #disk = new FakeDisk()
  readonly #network = new Network(this.clock)
  readonly #makeStore
  readonly #hubs: Hub[] = []
  readonly #pages: OpenPage[] = []
  /** Which page published it, by what was published. */
  readonly by: number[] = []
  /** The server has said that it has it, or it was kept when its page ended. */
  readonly promised = new Set<number>()
  readonly problems: string[] = []
  #opened = 0
  readonly #random: () => number
  #ids = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    const env = { clock: this.clock, random: () => this.#random(), id: () => `id-${++this.#ids}` }
    this.#makeStore = memoryBackplanes({ env })
    this.#disk.latency = () => new Promise((resolve) => void this.clock.schedule(this.#random() * 30, resolve))
    this.#act({ do: 'start' })
  }

  /** Runs a schedule, then lets everything be well, and returns all that was published, in the server's order. */
  async run(actions: readonly Action[]): Promise<number[]> {
    for (const action of actions) {
      if (action.do === 'pass') await this.#pass(action.ms)
      else this.#act(action)
      await settle()
    }
    this.#act({ do: 'cut' })
    this.#act({ do: 'start' })
    this.#act({ do: 'open' })
    await settle()
    for (let left = QUIET_MS; left > 0 && !(await this.#calm()); left -= 1_000) await this.#pass(1_000)
    const store = this.#makeStore()
    const { top } = await store.history(TOPIC, undefined, { messages: 100_000, ttlMs: 1e12 })
    const all = await store.history(TOPIC, { ...top, offset: 0 }, { messages: 100_000, ttlMs: 1e12 })
    return (all.publications ?? []).map(({ payload }) => (JSON.parse(payload) as { data: number }).data)
  }

  /** What is still kept, though nothing stands in its way. */
  get left(): readonly unknown[] {
    return this.#disk.kept
  }

  async end(): Promise<number[]> {
    while (this.#pages.length > 0) this.#act({ do: 'close', page: 0 })
    const closing = this.#hubs.map((hub) => hub.close())
    await this.#pass(15_000)
    await Promise.all(closing)
    return this.clock.pending
  }

  #act(action: Exclude<Action, { do: 'pass' }>): void {
    switch (action.do) {
      case 'open':
        if (this.#pages.length < MOST_PAGES) this.#pages.push(this.#open())
        return
      case 'crash':
      case 'close':
        return this.#finish(action)
      case 'publish':
      case 'ask':
        return this.#ask(action)
      case 'cut':
        return this.#network.cut()
      case 'heal':
        return this.#network.heal()
      case 'blackhole':
        return this.#network.blackhole(action.direction)
      case 'kill':
        this.#network.hub = undefined
        return this.#network.cut()
      case 'start':
        if (!this.#network.hub) this.#network.hub = this.#start()
        return
      default:
        return action satisfies never
    }
  }

  #finish({ do: how, page }: { readonly do: 'crash' | 'close'; readonly page: number }): void {
    const [ended] = this.#pages.splice(page % Math.max(1, this.#pages.length), 1)
    if (!ended) return
    if (how === 'crash') ended.storage.crash()
    ended.client.dispose()
    for (const kept of this.#disk.kept) this.promised.add(kept as number)
  }

  #ask({ do: what, count, page }: { readonly do: 'publish' | 'ask'; readonly count: number; readonly page: number }) {
    const asked = this.#pages[page % Math.max(1, this.#pages.length)]
    if (!asked) return
    for (let i = 0; i < count; i++) {
      if (what === 'ask') {
        asked.client.request('double', i, { timeoutMs: 60_000 }).catch(() => {})
        continue
      }
      const id = this.by.push(asked.number) - 1
      asked.client
        .channel(TOPIC)
        .publish('entry', id)
        .then(
          () => this.promised.add(id),
          () => {},
        )
    }
  }

  #open(): OpenPage {
    const storage = this.#disk.page()
    const env = {
      clock: this.clock,
      signals: new FakeSignals(),
      frames: new FakeFrames(),
      random: () => this.#random(),
    }
    const client = createClient({
      url: 'ws://world',
      name: 'page',
      env,
      transport: this.#network.open,
      auth: { token: () => 'ann' },
      session: session({ storage }),
    })
    client.on('problem', (problem) => this.problems.push(problem.message))
    client.signIn('ann')
    void client.connect()
    return { number: ++this.#opened, storage, client }
  }

  #start(): Hub {
    const hub = createHub({
      env: { clock: this.clock, random: () => this.#random(), id: () => `id-${++this.#ids}` },
      backplane: this.#makeStore(),
      authenticate: (token) => ({ id: token }),
      authorize: () => true,
      topics: { retention: { messages: 100_000, ttlMs: 1e12 } },
      requests: { double: (data) => 2 * (data as number) },
    })
    this.#hubs.push(hub)
    return hub
  }

  async #calm(): Promise<boolean> {
    return this.#disk.kept.length === 0 && this.#pages.every(({ client }) => client.state.status === 'open')
  }

  #pass(ms: number): Promise<void> {
    return passTime(this.clock, ms, settle)
  }
}
