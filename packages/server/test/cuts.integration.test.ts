import { createClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createServer, memoryBackplanes } from '@statewire/server'
import { createFaultProxy } from '@statewire/testing/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

const AT_ONCE = 40

async function setup() {
  const makeStore = memoryBackplanes()
  const server = createServer({
    port: 0,
    host: '127.0.0.1',
    backplane: makeStore(),
    authenticate: (token) => ({ id: token }),
    authorize: () => true,
    requests: { double: (data) => 2 * (data as number) },
  })
  await server.ready
  onTestFinished(() => server.close())
  const store = makeStore()
  const log = async (topic: string): Promise<unknown[]> => {
    const retention = { messages: 100, ttlMs: 60_000 }
    const { top } = await store.history(topic, undefined, retention)
    const { publications } = await store.history(topic, { ...top, offset: 0 }, retention)
    return (publications ?? []).map(({ payload }) => (JSON.parse(payload) as { data: unknown }).data)
  }

  /** One client whose links are cut after so many bytes, one link after the other; what became of its messages. */
  async function run(name: string, cuts: readonly number[]) {
    const proxy = await createFaultProxy({ target: { port: server.port! } })
    let links = 0
    const client = createClient({
      url: () => {
        const cut = cuts[links++]
        if (cut !== undefined) proxy.cutAfterBytes(cut)
        return proxy.wsUrl('/')
      },
      webSocket: WebSocket as never,
      auth: { token: () => name },
      reconnect: { delayMs: 5 },
      session: session({ required: true }),
      flush: 'sync',
    })
    const seen: unknown[] = []
    const resyncs: unknown[] = []
    const channel = client.channel(name)
    channel.on('resync', (resync) => resyncs.push(resync))
    channel.subscribe(({ data }) => seen.push(data))
    void client.connect()
    const settled = await Promise.allSettled([
      ...['a', 'b', 'c'].map((data) => channel.publish('entry', data)),
      client.request('double', 21),
    ])
    const outcome = {
      settled: settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
      log: await log(name),
      resyncs,
      // Only then were all the cuts made.
      links: Math.min(links, cuts.length + 1),
    }
    client.dispose()
    await proxy.close()
    return outcome
  }
  return { run }
}

const WELL = { settled: [undefined, undefined, undefined, 42], log: ['a', 'b', 'c'], resyncs: [] }
/** The exchange is longer than this, so that a cut before it is made in any case. */
const CERTAIN = 600

describe('a session, cut at every byte', () => {
  it.each([
    ['the first link', (byte: number) => [byte]],
    // The first one far enough to have a session; then each byte of the resume.
    ['the link after it', (byte: number) => [1_150, byte]],
  ])(
    'F20 comes to the same end wherever %s breaks, from the upgrade to the last acknowledgement',
    async (_, cutsOf) => {
      const { run } = await setup()
      const bytes = Array.from({ length: 1_700 }, (_, index) => index)
      for (let from = 0; from < bytes.length; from += AT_ONCE) {
        const batch = bytes.slice(from, from + AT_ONCE)
        const outcomes = await Promise.all(batch.map((byte) => run(`topic-${byte}`, cutsOf(byte))))
        for (const [index, outcome] of outcomes.entries()) {
          const { links, ...rest } = outcome
          const byte = batch[index]!
          expect({ byte, ...rest }).toEqual({ byte, ...WELL })
          if (byte < CERTAIN) expect(links).toBe(cutsOf(byte).length + 1)
        }
      }
    },
    120_000,
  )
})
