import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type AnyClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createFaultProxy } from '@statewire/testing/node'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startRedis } from './redis-server.ts'
import { buildNode, startNode, type NodeProcess, type NodeProgram } from './support/start-node.ts'

const WRITERS = 8
const READERS = 2
const EVERY_MS = 20
const TOPIC = 'ledger'

let program: NodeProgram

const inTime = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 50 })

beforeAll(async () => {
  program = await buildNode()
}, 60_000)

afterAll(() => program.dispose())

interface Entry {
  readonly by: string
  readonly count: number
}

interface Ledger {
  /** What is stored. */
  readonly log: () => Promise<Entry[]>
  readonly readers: readonly ReturnType<typeof read>[]
  readonly writers: readonly ReturnType<typeof write>[]
}

async function setup() {
  const redisServer = await startRedis({ persistent: true })
  onTestFinished(() => redisServer.close())
  const nodes: NodeProcess[] = []
  onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.kill()))))
  for (const index of [0, 1]) nodes[index] = await startNode(program, redisServer.url)
  const ports = nodes.map(({ port }) => port)
  const proxies = await Promise.all(ports.map((port) => createFaultProxy({ target: { port } })))
  onTestFinished(async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))))

  /** Connects to one node after the other, as a load balancer would. */
  async function client(name: string, first: number): Promise<AnyClient> {
    let attempt = first
    const made = createClient({
      url: () => proxies[attempt++ % proxies.length]?.wsUrl() ?? '',
      webSocket: WebSocket,
      auth: { token: () => name, timeoutMs: 1_000 },
      heartbeat: { mode: 'ping', intervalMs: 400, timeoutMs: 400 },
      session: session({ required: true }),
      reconnect: { delayMs: 50 },
      flush: 'sync',
    })
    onTestFinished(() => made.dispose())
    await made.connect()
    return made
  }

  /** Kills a node, and starts it again at the same place after a while. */
  async function crash(index: number): Promise<void> {
    await nodes[index]?.kill()
    await delay(700)
    nodes[index] = await startNode(program, redisServer.url, ports[index])
  }

  /** What the log holds of the topic. */
  async function log(): Promise<Entry[]> {
    const redis = new Redis(redisServer.url)
    const entries = await redis.xrange(`sw:log:${TOPIC}`, '-', '+').finally(() => redis.disconnect())
    return entries.map(([, [, payload = '']]) => (JSON.parse(payload) as { data: Entry }).data)
  }

  /** Readers that read, and writers that write until they are stopped. */
  async function load(): Promise<Ledger> {
    const clients = (kind: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => client(`${kind}${index}`, index)))
    const readers = (await clients('reader', READERS)).map(read)
    for (const { channel } of readers) await inTime(() => expect(channel.status).toBe('subscribed'))
    const writers = (await clients('writer', WRITERS)).map((made, index) => write(made, `writer${index}`))
    onTestFinished(() => writers.forEach(({ stop }) => stop()))
    return { log, readers, writers }
  }

  return { load, crash, redisServer, proxies }
}

function read(client: AnyClient) {
  const seen: Entry[] = []
  const resyncs: unknown[] = []
  const channel = client.channel(TOPIC)
  channel.subscribe((message) => seen.push(message.data as Entry))
  channel.on('resync', (resync) => resyncs.push(resync))
  return { seen, resyncs, channel }
}

/** Publishes at a steady pace until told to stop; what the promises said. */
function write(client: AnyClient, by: string) {
  const sent: Promise<void>[] = []
  const timer = setInterval(() => {
    sent.push(client.channel(TOPIC).publish('entry', { by, count: sent.length } satisfies Entry))
  }, EVERY_MS)
  return {
    sent,
    stop: () => clearInterval(timer),
  }
}

/** Nothing lost, nothing twice, nothing out of order: of what writers sent, in the log, and for readers. */
async function expectLedger({ log, readers, writers }: Ledger): Promise<void> {
  for (const { stop } of writers) stop()
  const outcomes = await Promise.allSettled(writers.flatMap(({ sent }) => sent))
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
  const stored = await log()
  expect(stored).toHaveLength(outcomes.length)
  writers.forEach(({ sent }, index) => {
    const own = stored.filter(({ by }) => by === `writer${index}`).map(({ count }) => count)
    expect(own).toEqual(sent.map((_, count) => count))
  })
  for (const { seen, resyncs } of readers) {
    await inTime(() => expect(seen).toHaveLength(stored.length))
    expect(seen).toEqual(stored)
    expect(resyncs).toEqual([])
  }
}

describe('two nodes on one Redis', () => {
  it('F25 and F39 lose, repeat and reorder nothing when nodes are killed under load, one after the other', async () => {
    const { load, crash } = await setup()
    const ledger = await load()
    for (const index of [0, 1, 0]) {
      await delay(600)
      await crash(index)
    }
    await expectLedger(ledger)
  }, 60_000)

  it('F34 lose, repeat and reorder nothing when Redis is killed under load, and is back', async () => {
    const { load, redisServer } = await setup()
    const ledger = await load()
    await delay(500)
    await redisServer.kill()
    await delay(1_500)
    await redisServer.start()
    await delay(500)
    await expectLedger(ledger)
  }, 60_000)

  it('F50 lose, repeat and reorder nothing when Redis is stopped for 10 s under load', async () => {
    const { load, redisServer } = await setup()
    const ledger = await load()
    await delay(500)
    redisServer.pause()
    await delay(10_000)
    redisServer.resume()
    await delay(500)
    await expectLedger(ledger)
  }, 60_000)

  it('F40 lose, repeat and reorder nothing when clients move while their old links still count as open', async () => {
    const { load, proxies } = await setup()
    const ledger = await load()
    for (const proxy of [...proxies, ...proxies]) {
      await delay(500)
      proxy.blackhole()
      await delay(1_500)
      // What was held back arrives late, on links that were taken over.
      proxy.heal()
    }
    await expectLedger(ledger)
    for (const proxy of proxies) await inTime(() => expect(proxy.connections).toBeLessThanOrEqual(WRITERS + READERS))
  }, 60_000)
})
