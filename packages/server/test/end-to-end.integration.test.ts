import { createClient, type AnyClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createServer, memoryBackplanes, type StatewireServer } from '@statewire/server'
import { createFaultProxy, type FaultProxy } from '@statewire/testing/node'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

/** How long messages are sent, in milliseconds: a minute by hand, a few seconds otherwise. */
const SOAK_MS = Number(process.env['STATEWIRE_SOAK_MS'] ?? 6_000)
const PER_SECOND = 200
const TICK_MS = 50
const TOPIC = 'log'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** One store that outlives its servers, as Redis does; a server that can be replaced; a proxy before it. */
async function setup() {
  const makeStore = memoryBackplanes()
  const start = async (port: number): Promise<StatewireServer> => {
    const server = createServer({
      port,
      host: '127.0.0.1',
      backplane: makeStore(),
      authenticate: (token) => (token === 'good' ? { id: 'anna' } : null),
      authorize: () => true,
      heartbeat: { intervalMs: 400, timeoutMs: 400 },
      limits: { messagesPerSecond: 5_000, burst: 5_000 },
      requests: { double: (data) => 2 * (data as number) },
    })
    await server.ready
    return server
  }
  let server = await start(0)
  const port = server.port!
  const proxy = await createFaultProxy({ target: { port } })
  const restart = async (): Promise<void> => {
    await server.drain({ deadlineMs: 200, spreadMs: 100 })
    await server.close()
    server = await start(port)
  }
  cleanups.push(() => server.close())
  cleanups.push(() => proxy.close())
  return { proxy, restart, store: makeStore(), client: () => connect(proxy) }
}

function connect(proxy: FaultProxy): AnyClient {
  const client = createClient({
    url: proxy.wsUrl('/'),
    webSocket: WebSocket as never,
    auth: { token: () => 'good', timeoutMs: 1_000 },
    openTimeoutMs: 1_000,
    reconnect: { baseDelayMs: 50, maxDelayMs: 200 },
    session: session({ required: true }),
    flush: 'sync',
  })
  cleanups.push(() => client.dispose())
  return client
}

describe('a client with a session and a server, over TCP', () => {
  it('answers requests, acknowledges messages, delivers topics', async () => {
    const { client: make } = await setup()
    const client = make()
    await client.connect()
    await expect(client.request('double', 21)).resolves.toBe(42)
    const channel = client.channel(TOPIC)
    const seen: unknown[] = []
    channel.subscribe(({ data }) => seen.push(data))
    await expect.poll(() => channel.status).toBe('subscribed')
    await channel.publish('entry', 'hello')
    await expect.poll(() => seen).toEqual(['hello'])
    await expect(client.send('unheard of', 1)).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it(
    'loses nothing, doubles nothing and keeps the order through cuts, half-open links and restarts',
    async () => {
      const { proxy, restart, client: make } = await setup()
      const [publisher, reader] = [make(), make()]
      const read: number[] = []
      const resyncs: string[] = []
      reader.channel(TOPIC).on('resync', ({ why }) => resyncs.push(why))
      reader.channel(TOPIC).subscribe(({ data }) => read.push(data as number))
      await Promise.all([publisher.connect(), reader.connect()])
      await expect.poll(() => reader.channel(TOPIC).status).toBe('subscribed')

      const faults = [
        () => proxy.cut(),
        () => proxy.blackhole('both'),
        () => proxy.heal(),
        restart,
        () => proxy.blackhole('down'),
        () => proxy.heal(),
        () => proxy.cutAfterBytes(333),
        () => proxy.blackhole('up'),
        () => proxy.heal(),
      ]
      const settled: Promise<void>[] = []
      let sent = 0
      let next = 0
      let faulting: Promise<void> | undefined
      const end = performance.now() + SOAK_MS
      for (let tick = 0; performance.now() < end; tick++) {
        for (let i = 0; i < (PER_SECOND * TICK_MS) / 1_000; i++) {
          settled.push(publisher.channel(TOPIC).publish('entry', ++sent))
        }
        if (tick % 12 === 11) faulting = Promise.resolve(faults[next++ % faults.length]!())
        await wait(TICK_MS)
      }
      await faulting
      proxy.heal()
      await Promise.all(settled)
      await expect.poll(() => read.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(sent)
      expect(read).toEqual(Array.from({ length: sent }, (_, index) => index + 1))
      expect(resyncs).toEqual([])
    },
    SOAK_MS + 40_000,
  )
})
