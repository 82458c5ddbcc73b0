import { FakeClock, settle } from '@statewire/testing'
import { createHub, memoryBackplane, type Backplane, type Hub, type HubLink, type HubOptions } from '@statewire/server'
import { expect, onTestFinished } from 'vitest'
import { misordered } from './link-ledger.ts'

export interface Told {
  readonly type: string
  readonly data?: unknown
  readonly sw?: Record<string, unknown>
}

/** The client's end of a link in memory: what it was sent, and how it was closed. */
export class FakeLink {
  readonly told: Told[] = []
  /** The frames as they came. */
  readonly frames: string[] = []
  closedWith: { readonly code: number; readonly reason: string } | undefined
  terminated = false
  paused = false
  pings = 0
  bufferedBytes = 0
  /** False: never answers the closing handshake. */
  polite = true
  /** False: never answers a ping. */
  answers = true
  /** False: what it is sent stays in the server's buffer. */
  reads = true
  link!: HubLink

  send(text: string): void {
    this.frames.push(text)
    for (const line of text.split('\n')) this.told.push(JSON.parse(line) as Told)
    if (!this.reads) this.bufferedBytes += text.length
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason }
    if (this.polite) queueMicrotask(() => this.link.closed())
  }

  terminate(): void {
    this.terminated = true
  }

  ping(): void {
    this.pings++
    if (this.answers) this.link.alive()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  /** Says something to the server: a value becomes JSON, a string is the frame. */
  async say(...messages: unknown[]): Promise<void> {
    for (const message of messages) this.link.frame(typeof message === 'string' ? message : JSON.stringify(message))
    await settle()
  }

  /** The link breaks. */
  async drop(): Promise<void> {
    this.link.closed()
    await settle()
  }

  of(type: string): Told[] {
    return this.told.filter((one) => one.type === type)
  }

  get acked(): unknown {
    return this.of('sw.ack').at(-1)?.sw?.['rx']
  }

  get nacks(): unknown[] {
    return this.of('sw.nack').map(({ sw }) => sw)
  }
}

/** A hub on a fake clock, with a backplane that can be told to fail; it is closed at the end of the test, and must have kept the order on every link. */
export function setupHub(options: HubOptions = {}) {
  const given = options.env?.clock
  const clock = given instanceof FakeClock ? given : new FakeClock()
  let ids = 0
  const env = { clock, random: () => 0.5, id: () => `id-${++ids}` }
  const problems: string[] = []
  const store = flaky(options.backplane ?? memoryBackplane({ env }))
  const hub: Hub = createHub({
    env,
    authorize: () => true,
    onProblem: ({ where }) => problems.push(where),
    ...options,
    backplane: store.backplane,
  })

  const links: FakeLink[] = []
  onTestFinished(async () => {
    await closeHub(hub, clock)
    expect(links.flatMap(({ told }) => misordered(told))).toEqual([])
  })

  const accept = (): FakeLink => {
    const client = new FakeLink()
    client.link = hub.accept(client)
    links.push(client)
    return client
  }

  /** Connects with a session. */
  const connect = async (hello: object = {}): Promise<FakeLink & { sid: string }> => {
    const client = accept()
    await client.say({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, ...hello } })
    return Object.assign(client, { sid: client.of('sw.welcome')[0]?.sw?.['sid'] as string })
  }

  return { clock, hub, accept, connect, problems, store, env }
}

/** Longer than anything that a hub waits for when it closes. */
const CLOSING_SECONDS = 120

async function closeHub(hub: Hub, clock: FakeClock): Promise<void> {
  let closed = false
  void hub.close().then(() => (closed = true))
  await settle()
  for (let second = 0; second < CLOSING_SECONDS && !closed; second++) {
    clock.advance(1_000)
    await settle()
  }
}

export const numbered = (n: number, type = 'say', sw: object = {}) => ({ type, data: `m${n}`, sw: { n, ...sw } })

/** Lets a backplane fail on demand, before or after it has done what it was asked for. */
export function flaky(inner: Backplane) {
  const state = { down: false, lostReplies: 0 }
  const guard =
    <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (state.down) throw new Error('the store is down')
      const result = await run(...args)
      if (state.lostReplies === 0) return result
      state.lostReplies--
      throw new Error('the reply was lost')
    }
  const backplane: Backplane = {
    durable: inner.durable,
    open: (...args) => inner.open(...args),
    publish: guard((publish) => inner.publish(publish)),
    accept: guard((...args) => inner.accept(...args)),
    subscribe: guard((topic) => inner.subscribe(topic)),
    unsubscribe: guard((topic) => inner.unsubscribe(topic)),
    history: guard((...args) => inner.history(...args)),
    claim: guard((claim) => inner.claim(claim)),
    touch: guard((...args) => inner.touch(...args)),
    close: () => inner.close(),
  }
  return Object.assign(state, { backplane })
}
