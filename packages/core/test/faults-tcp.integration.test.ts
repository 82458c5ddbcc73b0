import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { watchClient, type WatchedLink } from '@statewire/testing'
import { createFaultProxy, type FaultProxy } from '@statewire/testing/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createClient, type AnyClient, type ClientOptions, type ConnectionState } from '../src/index.ts'

const PINGING = { mode: 'ping', pong: 'heartCheck', intervalMs: 200, timeoutMs: 300 } as const
const LIMIT_MS = PINGING.intervalMs + PINGING.timeoutMs

interface ServerOptions {
  /** Whether tokens are answered; read for each. */
  readonly answersAuth: () => boolean
  readonly beatMs?: number
}

async function startServer({ answersAuth, beatMs }: ServerOptions) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const received: { type: string; data?: unknown }[] = []
  const transports: WatchedLink[] = []
  const delivered = new Map<WebSocket, string[]>()
  const broadcast = (type: string, data?: unknown): void => {
    const text = JSON.stringify({ type, data })
    for (const socket of server.clients) {
      delivered.get(socket)?.push(text)
      socket.send(text)
    }
  }
  server.on('connection', (socket) => {
    const link = { sent: [] as string[], delivered: [] as string[] }
    transports.push(link)
    delivered.set(socket, link.delivered)
    socket.on('error', () => {})
    socket.on('message', (frame: Buffer) => {
      link.sent.push(frame.toString())
      const message = JSON.parse(frame.toString()) as { type: string; data?: unknown }
      received.push(message)
      if (message.type === 'auth' && answersAuth()) socket.send('{"type":"auth","data":"auth ok"}')
      if (message.type === 'heartCheck' && beatMs === undefined) socket.send('{"type":"heartCheck"}')
    })
  })
  const beats = setInterval(() => broadcast('heartCheck'), beatMs ?? 2 ** 30)
  onTestFinished(() => {
    clearInterval(beats)
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  return { server, received, transports, broadcast, port: (server.address() as AddressInfo).port }
}

interface Overrides {
  readonly client?: Partial<ClientOptions>
  readonly server?: Partial<ServerOptions>
}

async function setup({ client: options, server: serverOptions }: Overrides = {}) {
  const { server, received, transports, broadcast, port } = await startServer({
    answersAuth: () => true,
    ...serverOptions,
  })
  const proxy: FaultProxy = await createFaultProxy({ target: { port } })
  onTestFinished(() => proxy.close())
  const client: AnyClient = createClient({
    url: proxy.wsUrl('/ws'),
    webSocket: WebSocket,
    auth: { token: () => 'secret', timeoutMs: 500 },
    heartbeat: PINGING,
    reconnect: { delayMs: 30 },
    openTimeoutMs: 500,
    flush: 'sync',
    ...options,
  })
  const watch = watchClient(client, { network: { transports }, listen: true })
  const states: ConnectionState[] = []
  const arrived: unknown[] = []
  client.on('state', (state) => states.push(state))
  client.onMessage('down', (data) => arrived.push(data))
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  /** Reasons of all losses so far. */
  const losses = () => states.flatMap((state) => (state.status === 'waiting' ? [state.reason] : []))
  const openSockets = () => [...server.clients].filter((socket) => socket.readyState === WebSocket.OPEN).length
  let probes = 0
  /** Open, by exactly this many sockets on the server, and a message gets through each way. */
  const isWhole = async (sockets: number): Promise<void> => {
    const whole = () => expect([client.state.status, openSockets()]).toEqual(['open', sockets])
    await vi.waitFor(whole, { timeout: 5_000 })
    const probe = ++probes
    broadcast('down', probe)
    await client.send('up', probe)
    await vi.waitFor(() => {
      expect(arrived).toContain(probe)
      expect(received).toContainEqual({ type: 'up', data: probe })
    })
  }
  return { client, proxy, openSockets, received, broadcast, states, losses, isWhole }
}

/** Resolves with the milliseconds until a loss was noticed. */
async function timeToLoss(losses: () => unknown[]): Promise<number> {
  const before = losses().length
  const startedAt = performance.now()
  await vi.waitFor(() => expect(losses().length).toBeGreaterThan(before), { timeout: 5_000, interval: 5 })
  return performance.now() - startedAt
}

// How much later than promised something may be noticed on a busy machine.
const SLACK_MS = 1_000

describe('faults over TCP', () => {
  it('F1 half-open both ways, pinging: is noticed in time and replaced, and the dead socket goes when the net heals', async () => {
    const { client, proxy, losses, isWhole } = await setup()
    await client.connect()
    await isWhole(1)
    proxy.blackhole()
    expect(await timeToLoss(losses)).toBeLessThan(LIMIT_MS + SLACK_MS)
    expect(losses()).toEqual(['heartbeat'])
    // The server has not heard of the end of the first one.
    await isWhole(2)
    proxy.heal()
    await isWhole(1)
    expect(losses()).toEqual(['heartbeat'])
  })

  it('F1 half-open both ways, server beats: silence is noticed in time, and a new link replaces the dead one', async () => {
    const { client, proxy, losses, isWhole } = await setup({
      server: { beatMs: 50 },
      client: { heartbeat: { mode: 'reply', intervalMs: 100, timeoutMs: 400 } },
    })
    await client.connect()
    await isWhole(1)
    proxy.blackhole()
    const tookMs = await timeToLoss(losses)
    expect(tookMs).toBeGreaterThan(400)
    expect(tookMs).toBeLessThan(500 + SLACK_MS)
    expect(losses()).toEqual(['heartbeat'])
    await isWhole(2)
    proxy.heal()
    await isWhole(1)
  })

  it('F2 half-open upwards: frames that keep arriving do not excuse an unanswered ping', async () => {
    const { client, proxy, losses, isWhole, broadcast } = await setup()
    await client.connect()
    await isWhole(1)
    const feed = setInterval(() => broadcast('ticker'), 20)
    onTestFinished(() => clearInterval(feed))
    await new Promise((resolve) => setTimeout(resolve, 2 * LIMIT_MS))
    expect(losses(), 'answered pings').toEqual([])
    proxy.blackhole('up')
    expect(await timeToLoss(losses)).toBeLessThan(LIMIT_MS + SLACK_MS)
    expect(losses()).toEqual(['heartbeat'])
    clearInterval(feed)
    await isWhole(2)
    proxy.heal()
    await isWhole(1)
  })

  it('F3 half-open downwards: is noticed by the missing answer, and what the server applied is not sent again', async () => {
    const { client, proxy, losses, isWhole, received } = await setup()
    await client.connect()
    await isWhole(1)
    proxy.blackhole('down')
    await client.send('pay', 100)
    expect(await timeToLoss(losses)).toBeLessThan(LIMIT_MS + SLACK_MS)
    expect(losses()).toEqual(['heartbeat'])
    // The close frame got through, so that the server has let go of the first one.
    await isWhole(1)
    expect(received.filter(({ type }) => type === 'pay')).toHaveLength(1)
  })

  it('F4 TCP accepts and the upgrade is never answered: attempts are abandoned one by one, none is left behind', async () => {
    const { client, proxy, openSockets, losses, isWhole, states } = await setup()
    proxy.hangUpgrade()
    void client.connect()
    await vi.waitFor(() => expect(losses()).toEqual(['timeout', 'timeout']), { timeout: 5_000 })
    expect(states.some(({ status }) => status === 'authenticating')).toBe(false)
    expect(openSockets()).toBe(0)
    await proxy.accept()
    await isWhole(1)
    await vi.waitFor(() => expect(proxy.connections).toBe(1))
  })

  it('F5 the token is never answered: attempts are abandoned, nothing of the application is sent, then it heals', async () => {
    let answersAuth = false
    const { client, openSockets, losses, isWhole, received } = await setup({
      server: { answersAuth: () => answersAuth },
    })
    void client.connect()
    const sent = client.send('early', 1)
    await vi.waitFor(() => expect(losses()).toEqual(['timeout', 'timeout']), { timeout: 5_000 })
    expect(received.every(({ type }) => type === 'auth')).toBe(true)
    expect(openSockets()).toBeLessThanOrEqual(1)
    answersAuth = true
    await isWhole(1)
    await sent
    expect(received.filter(({ type }) => type === 'early')).toHaveLength(1)
  })

  it('F8 TCP ends without a close frame: one loss, one new link', async () => {
    const { client, proxy, losses, isWhole } = await setup()
    await client.connect()
    await isWhole(1)
    proxy.fin()
    expect(await timeToLoss(losses)).toBeLessThan(SLACK_MS)
    await isWhole(1)
    expect([losses(), proxy.accepted]).toEqual([['closed'], 2])
  })

  it('F8 TCP is reset, in the middle of a message too: one loss each, and nothing of the half message arrives', async () => {
    const { client, proxy, losses, isWhole, broadcast } = await setup({ client: { heartbeat: false } })
    const big: unknown[] = []
    client.onMessage('big', (data) => big.push(data))
    await client.connect()
    await isWhole(1)
    proxy.cut()
    await timeToLoss(losses)
    await isWhole(1)
    proxy.cutAfterBytes(500, 'down')
    broadcast('big', 'x'.repeat(10_000))
    await timeToLoss(losses)
    await isWhole(1)
    expect([losses(), proxy.accepted, big]).toEqual([['closed', 'closed'], 3, []])
  })

  it('F7 a reset in the middle of a large message: no part of it is delivered, and the link is replaced', async () => {
    const { proxy, client, broadcast, isWhole, losses } = await setup()
    const large: unknown[] = []
    client.onMessage('large', (data) => large.push(data))
    await client.connect()
    await isWhole(1)
    proxy.cutAfterBytes(50_000, 'down')
    broadcast('large', 'x'.repeat(200_000))
    await vi.waitFor(() => expect(losses()).toHaveLength(1), { timeout: 5_000 })
    await isWhole(1)
    expect(large).toEqual([])
    broadcast('large', 'whole')
    await vi.waitFor(() => expect(large).toEqual(['whole']))
  })

  it('F22 and F23: frames in pieces of one byte, late in part, arrive whole and in order', async () => {
    const { proxy, client, broadcast } = await setup()
    const numbers: unknown[] = []
    client.onMessage('number', (data) => numbers.push(data))
    await client.connect()
    proxy.splitBytes()
    for (let number = 0; number < 60; number++) {
      proxy.latency(number % 2 === 0 ? 0 : 30)
      broadcast('number', number)
    }
    await vi.waitFor(() => expect(numbers).toHaveLength(60), { timeout: 10_000 })
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index))
  })

  it('F9 and F16: an upgrade answered with a page of HTML is an ordinary loss, and no storm', async () => {
    const portal = createServer((_, response) => void response.writeHead(503).end('<html>Sign in</html>'))
    let asked = 0
    portal.on('upgrade', (_, socket) => {
      asked++
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>')
    })
    portal.listen(0, '127.0.0.1')
    await once(portal, 'listening')
    onTestFinished(() => void portal.close())
    const { port } = portal.address() as AddressInfo
    const { client, isWhole, proxy } = await setup({
      client: { url: () => (asked < 3 ? `ws://127.0.0.1:${port}/` : proxy.wsUrl('/ws')) },
    })
    void client.connect()
    await isWhole(1)
    expect(asked).toBe(3)
  })
})
