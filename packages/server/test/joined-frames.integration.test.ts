import { createClient, type AnyClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createServer, type ServerOptions } from '@statewire/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

const MESSAGES = 5_000

async function setup(options: ServerOptions = {}) {
  const server = createServer({ port: 0, host: '127.0.0.1', authorize: () => true, ...options })
  await server.ready
  onTestFinished(() => server.close())
  const connect = async (): Promise<AnyClient> => {
    const client: AnyClient = createClient({
      url: `ws://127.0.0.1:${server.port}/`,
      webSocket: WebSocket as never,
      session: session({ required: true }),
      flush: 'sync',
    })
    onTestFinished(() => client.dispose())
    await client.connect()
    return client
  }
  return { server, connect }
}

/** What a client gets of a topic, until it has all. */
async function follow(client: AnyClient) {
  const got: unknown[] = []
  const channel = client.channel('log')
  let done = (): void => {}
  const all = new Promise<void>((resolve) => (done = resolve))
  channel.subscribe(({ data }) => {
    got.push(data)
    if (got.length === MESSAGES) done()
  })
  await expect.poll(() => channel.status).toBe('subscribed')
  return { got, all }
}

describe('several messages in a frame, over TCP', () => {
  it.each([
    { joinFrames: true, most: MESSAGES / 10 },
    { joinFrames: false, most: Infinity },
  ])('joinFrames $joinFrames: a burst is delivered whole and in order', async ({ joinFrames, most }) => {
    const { server, connect } = await setup({
      joinFrames,
      messages: { ask: (_, { client }) => client.send('answer', 1) },
    })
    const clients = [await connect(), await connect()]
    const followed = await Promise.all(clients.map(follow))
    const before = clients.map((client) => client.stats().frames)
    for (let i = 0; i < MESSAGES; i++) void server.publish('log', 'entry', i)
    await Promise.all(followed.map(({ all }) => all))
    for (const { got } of followed) expect(got).toEqual(Array.from({ length: MESSAGES }, (_, i) => i))
    for (const [index, client] of clients.entries()) {
      const frames = client.stats().frames - before[index]!
      expect(frames).toBeLessThan(most)
      if (!joinFrames) expect(frames).toBeGreaterThanOrEqual(MESSAGES)
    }
    // Both ways at once: acknowledgements among messages.
    const answers: unknown[] = []
    clients[0]!.onMessage('answer', (data) => answers.push(data))
    await Promise.all(Array.from({ length: 40 }, () => clients[0]!.send('ask')))
    await expect.poll(() => answers.length).toBe(40)
  })
})
