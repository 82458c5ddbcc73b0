import { createClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createServer } from '@statewire/server'
import { createLedger } from '@statewire/testing'
import { createFaultProxy } from '@statewire/testing/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

/** A client with a session behind a proxy; a ledger of what it says, and of what its channel hears. */
async function setup() {
  const ledger = createLedger()
  const server = createServer({
    port: 0,
    host: '127.0.0.1',
    authorize: () => true,
    limits: { messagesPerSecond: 10_000 },
    messages: { say: (data) => ledger.applied('client', data as number, data) },
  })
  await server.ready
  onTestFinished(() => server.close())
  const proxy = await createFaultProxy({ target: { port: server.port ?? 0 } })
  onTestFinished(() => proxy.close())
  const client = createClient({
    url: proxy.wsUrl(),
    webSocket: WebSocket as never,
    reconnect: { delayMs: 10 },
    session: session({ required: true }),
    flush: 'sync',
  })
  onTestFinished(() => client.dispose())
  const channel = client.channel('room')
  const heard: unknown[] = []
  channel.on('resync', () => ledger.resynced('room'))
  channel.subscribe(({ data }) => heard.push(data))
  await client.connect()
  await vi.waitFor(() => expect(channel.status).toBe('subscribed'))

  /** Says the numbers up to `count`, and has the server publish each; resolves when all is at rest. */
  const talk = async (count: number): Promise<void> => {
    const sent = Array.from({ length: count }, (_, index) => {
      const n = index + 1
      ledger.accepted('client', n, n)
      void server.publish('room', 'entry', n)
      return client.send('say', n).then(
        () => ledger.settled('client', n, 'ok'),
        () => ledger.settled('client', n, 'rejected'),
      )
    })
    await Promise.all(sent)
    await vi.waitFor(() => expect(heard).toHaveLength(count), { timeout: 5_000 })
    expect(heard).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  }
  return { proxy, ledger, talk }
}

describe('delivery over real sockets, by the ledger', () => {
  it('F22 one byte at a time: nothing is lost, repeated or reordered, and the link stays', async () => {
    const { proxy, ledger, talk } = await setup()
    proxy.splitBytes()
    await talk(20)
    expect([ledger.check(), proxy.accepted]).toEqual([[], 1])
  })

  it('F23 half of the traffic is late: nothing is lost, repeated or reordered, and the link stays', async () => {
    const { proxy, ledger, talk } = await setup()
    for (const direction of ['up', 'down'] as const) {
      let count = 0
      proxy.rule({ direction, match: () => count++ % 2 === 0, action: { delayMs: 30 } })
    }
    await talk(40)
    expect([ledger.check(), proxy.accepted]).toEqual([[], 1])
  })

  it('F17 acknowledgements end in a reset: nothing is lost, repeated or reordered', async () => {
    const { proxy, ledger, talk } = await setup()
    proxy.rule({
      direction: 'down',
      match: (text) => text.startsWith('{"type":"sw.ack"') && proxy.accepted <= 3,
      action: { cut: true },
    })
    // Several windows: what is on its way when a link ends is settled by the next welcome.
    await talk(400)
    expect(ledger.check()).toEqual([])
    expect(proxy.accepted).toBe(4)
  })
})
