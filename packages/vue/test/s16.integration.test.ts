// @vitest-environment happy-dom
import type { AddressInfo } from 'node:net'
import { textCodec, type Client, type ClientOptions, type WebSocketConstructor } from '@statewire/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { useConnectionState, useMessage, useOwnClient } from '../src/index.ts'
import { mount } from './setup.ts'

const HELLO = '{"subscribe":"events"}'
const PING = '{"ping":true}'
const SILENCE_MS = 200
const RETRY_MS = 50

/** A server of events: it answers pings, but not on links it was made deaf on, and keeps what it got and how links closed. */
async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/api/v1/event/ws' })
  await new Promise((resolve) => server.once('listening', resolve))
  const served = { server, opened: 0, received: [] as string[], closed: [] as number[] }
  const deaf = new WeakSet<WebSocket>()
  server.on('connection', (socket) => {
    served.opened++
    socket.on('message', (raw) => {
      const text = String(raw as Buffer)
      served.received.push(text)
      if (text === PING && !deaf.has(socket)) socket.send('{"pong":true}')
    })
    socket.on('close', (code) => served.closed.push(code))
  })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  return Object.assign(served, {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/event/ws`,
    send: (text: string) => server.clients.forEach((socket) => socket.send(text)),
    /** On the links there are. */
    deafen: () => server.clients.forEach((socket) => deaf.add(socket)),
    cut: () => server.clients.forEach((socket) => socket.terminate()),
  })
}

/** A component that starts with its socket, calls back for each frame and shows the state; open when this resolves. */
async function setup(overrides: Partial<ClientOptions> = {}) {
  const server = await serve()
  const heard: unknown[] = []
  const { app, result, html } = mount(
    undefined,
    () => {
      const client: Client = useOwnClient({
        url: server.url,
        webSocket: WebSocket as unknown as WebSocketConstructor,
        codec: textCodec(),
        onOpen: [HELLO],
        heartbeat: { mode: 'ping', frame: { ping: true }, intervalMs: SILENCE_MS, timeoutMs: SILENCE_MS },
        reconnect: { delayMs: RETRY_MS },
        ...overrides,
      })
      useMessage('message', (text) => heard.push(text), { client })
      return { client, state: useConnectionState(client) }
    },
    ({ state }) => state.value.status,
  )
  onTestFinished(() => app.unmount())
  await eventually(() => expect([html(), server.received]).toEqual(['open', [HELLO]]))
  return { server, app, client: result.client, heard, html }
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const waiting = (client: Client): Promise<void> =>
  new Promise((resolve) => client.on('state', ({ status }) => status === 'waiting' && resolve()))
const during = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('S16 a component with a socket of its own', () => {
  it('S16 greets on open and calls back for each message', async () => {
    const { server, heard } = await setup({ heartbeat: false })
    for (const text of ['{"event":1}', 'plain', '{"event":2}']) server.send(text)
    await eventually(() => expect(heard).toEqual(['{"event":1}', 'plain', '{"event":2}']))
  })

  it('S16 pings in silence, and stays on its link while it is answered', async () => {
    const { server } = await setup()
    await eventually(() => expect(server.received.slice(0, 3)).toEqual([HELLO, PING, PING]))
    expect(server.opened).toBe(1)
  })

  it('S16 replaces a lost link once, however often it is told to', async () => {
    const { server, client, heard } = await setup({ heartbeat: false })
    server.cut()
    await waiting(client)
    void client.connect()
    client.retryNow()
    void client.connect()
    await eventually(() => expect(server.received).toEqual([HELLO, HELLO]))
    await during(RETRY_MS * 6)
    expect([server.opened, server.server.clients.size]).toEqual([2, 1])
    server.send('after')
    await eventually(() => expect(heard).toEqual(['after']))
  })

  it('S16 replaces a link that does not answer, and closes the old one', async () => {
    const { server } = await setup()
    server.deafen()
    await eventually(() => expect([server.opened, server.server.clients.size]).toEqual([2, 1]))
    expect(server.closed).toEqual([1000])
  })

  it('S16 stays closed with 1000 when it was closed by oneself', async () => {
    const { server, client, html } = await setup()
    await client.disconnect()
    await eventually(() => expect(server.closed).toEqual([1000]))
    await during(RETRY_MS * 6)
    expect([server.opened, html()]).toEqual([1, 'closed'])
  })

  it('S16 closes with the component and does not come back', async () => {
    const { server, app, heard } = await setup()
    server.send('before')
    await eventually(() => expect(heard).toEqual(['before']))
    app.unmount()
    server.send('after')
    await eventually(() => expect(server.closed).toEqual([1000]))
    await during(RETRY_MS * 6)
    expect([server.opened, heard]).toEqual([1, ['before']])
  })

  it('S16 is closed with its component while it waits to connect again', async () => {
    const { server, app, client } = await setup({ heartbeat: false })
    server.cut()
    await waiting(client)
    app.unmount()
    await during(RETRY_MS * 6)
    expect(server.opened).toBe(1)
  })
})
