import { createServer as createHttp, type Server } from 'node:http'
import { connect as connectTcp, type AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createServer, type ServerOptions, type StatewireServer } from '@statewire/server'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function listening(http: Server): Promise<Server> {
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    http.close()
    http.closeAllConnections()
  })
  return http
}

const portOf = (http: Server): number => (http.address() as AddressInfo).port

async function started(options: ServerOptions): Promise<StatewireServer> {
  const server = createServer(options)
  ends.push(() => server.close())
  await server.ready
  return server
}

/** Opens a WebSocket; resolves with its frames and how it ended. */
async function open(port: number, { path = '/', headers = {} }: { path?: string; headers?: object } = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { ...headers }, perMessageDeflate: true })
  const frames: { type: string; data?: unknown; sw?: Record<string, unknown> }[] = []
  const waiting: (() => void)[] = []
  socket.on('message', (data) => {
    frames.push(JSON.parse((data as Buffer).toString()) as (typeof frames)[number])
    for (const check of waiting.splice(0)) check()
  })
  const closed = new Promise<number>((resolve) => void socket.on('close', resolve))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  ends.push(() => socket.terminate())
  const frame = async (type: string): Promise<(typeof frames)[number]> => {
    for (;;) {
      const found = frames.find((one) => one.type === type)
      if (found) return found
      await new Promise<void>((resolve) => void waiting.push(resolve))
    }
  }
  const say = (...messages: unknown[]) => messages.forEach((message) => socket.send(JSON.stringify(message)))
  return { socket, frames, frame, say, closed }
}

/** The HTTP status of a refused upgrade. */
function refusal(port: number, headers: object, path = '/'): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { ...headers } })
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve(error.message))
    socket.on('open', () => (socket.terminate(), resolve('opened')))
  })
}

const messages = {}
const requests = { double: (data: unknown) => (data as number) * 2 }
const hello = { type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1 } }

async function talks(port: number, path = '/live'): Promise<void> {
  const client = await open(port, { path })
  await client.frame('sw.announce')
  client.say(hello)
  await client.frame('sw.welcome')
  client.say({ type: 'double', data: 21, sw: { n: 1, rq: true } })
  expect((await client.frame('sw.reply')).data).toBe(42)
  expect((await client.frame('sw.ack')).sw).toEqual({ rx: 1 })
  client.socket.close()
  await client.closed
}

async function answers(port: number): Promise<void> {
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page')
}

describe('createServer', () => {
  it('listens on a port of its own', async () => {
    const server = await started({ port: 0, host: '127.0.0.1', requests })
    expect(server.address).toBe(`ws://127.0.0.1:${server.port}`)
    await talks(server.port!)
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(426)
    expect(server.metrics()).toMatchObject({ connections: 0, connectionsTotal: 1 })
  })

  it('attaches to bare http', async () => {
    const http = await listening(createHttp((_, response) => response.end('page')))
    await started({ server: http, path: '/live', requests })
    await talks(portOf(http))
    await answers(portOf(http))
  })

  it('attaches to express', async () => {
    const app = express()
    app.get('/', (_, response) => void response.send('page'))
    const http = await listening(createHttp(app))
    await started({ server: http, path: '/live', requests })
    await talks(portOf(http))
    await answers(portOf(http))
  })

  it('attaches to Koa', async () => {
    const app = new Koa()
    app.use((context) => void (context.body = 'page'))
    const http = await listening(createHttp(app.callback()))
    await started({ server: http, path: '/live', requests })
    await talks(portOf(http))
    await answers(portOf(http))
  })

  it('attaches to Fastify', async () => {
    const app = fastify()
    app.get('/', () => 'page')
    await app.listen({ port: 0, host: '127.0.0.1' })
    ends.push(() => app.close())
    await started({ server: app.server, path: '/live', requests })
    await talks(portOf(app.server))
    await answers(portOf(app.server))
  })

  it('takes upgrades from whoever has them', async () => {
    const server = await started({ noServer: true, requests })
    const http = await listening(createHttp())
    http.on('upgrade', (request, socket, head) => server.handleUpgrade(request, socket, head))
    await talks(portOf(http), '/any')
  })

  it('leaves other paths to others, and refuses them where there are none', async () => {
    const http = await listening(createHttp())
    await started({ server: http, path: '/live', requests })
    expect(await refusal(portOf(http), {}, '/other')).toContain('400')
    await started({ server: http, path: '/other', requests })
    await talks(portOf(http), '/other?token=1')
    await talks(portOf(http), '/live')
  })

  it('wants exactly one place to get connections from', () => {
    expect(() => createServer({ messages })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => createServer({ port: 0, noServer: true })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })

  it('tells that its port is taken', async () => {
    const http = await listening(createHttp())
    const problems: string[] = []
    const server = createServer({
      port: portOf(http),
      host: '127.0.0.1',
      onProblem: ({ where }) => problems.push(where),
    })
    ends.push(() => server.close())
    await expect(server.ready).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(problems).toEqual(['listen'])
  })

  it('F150 pages of other origins are refused, whatever cookies they have', async () => {
    const own = await started({ port: 0, host: '127.0.0.1' })
    const cookie = 'session=secret'
    expect(await refusal(own.port!, { origin: 'https://evil.example', cookie })).toContain('403')
    expect(await refusal(own.port!, { origin: 'null', cookie })).toContain('403')
    expect(await refusal(own.port!, { origin: `http://127.0.0.1:${own.port}` })).toBe('opened')
    expect(await refusal(own.port!, {})).toBe('opened')
    const listed = await started({ port: 0, host: '127.0.0.1', origins: ['https://app.example'] })
    expect(await refusal(listed.port!, { origin: 'https://app.example' })).toBe('opened')
    expect(await refusal(listed.port!, { origin: 'https://app.example.evil.example' })).toContain('403')
    expect(await refusal(listed.port!, { origin: `http://127.0.0.1:${listed.port}` })).toContain('403')
  })

  it('F151 compression is off, whatever the client offers', async () => {
    const server = await started({ port: 0, host: '127.0.0.1' })
    const { socket } = await open(server.port!)
    expect(socket.extensions).toBe('')
  })

  it('F146 connections of one address are bounded', async () => {
    const server = await started({ port: 0, host: '127.0.0.1', connectionsPerIp: 2 })
    const first = await open(server.port!)
    await open(server.port!)
    expect(await refusal(server.port!, {})).toContain('429')
    first.socket.close()
    await first.closed
    await expect.poll(() => refusal(server.port!, {})).toBe('opened')
  })

  it('F146 a connection that is gone before it is handed over does not count', async () => {
    const server = await started({ noServer: true, connectionsPerIp: 2 })
    const http = await listening(createHttp())
    let gone = 0
    http.on('upgrade', (request, socket, head) => {
      if (request.url !== '/gone') return server.handleUpgrade(request, socket, head)
      // Asked for once, by a log for example, the address is known for good.
      expect(request.socket.remoteAddress).toBeTypeOf('string')
      socket.on('close', () => {
        server.handleUpgrade(request, socket, head)
        gone++
      })
      socket.destroy()
    })
    for (let i = 0; i < 3; i++) await refusal(portOf(http), {}, '/gone')
    await expect.poll(() => gone).toBe(3)
    expect(await refusal(portOf(http), {})).toBe('opened')
  })

  it('F146 an upgrade that is sent a byte at a time is cut after 10 s, and others are served meanwhile', async () => {
    const server = await started({ port: 0, host: '127.0.0.1', requests })
    const begun = Date.now()
    const slow = Array.from({ length: 50 }, () => {
      const socket = connectTcp(server.port!, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n')
      const drip = setInterval(() => socket.write('X'), 500)
      return new Promise<void>((resolve) => {
        socket.resume().on('close', () => {
          clearInterval(drip)
          resolve()
        })
      })
    })
    await talks(server.port!)
    await Promise.all(slow)
    const tookMs = Date.now() - begun
    expect(tookMs).toBeGreaterThan(9_000)
    expect(tookMs).toBeLessThan(15_000)
  })

  it('F73 and F57: what WebSocket forbids, and frames that are too large, close the link, and nobody else is affected', async () => {
    const server = await started({ port: 0, host: '127.0.0.1', limits: { frameBytes: 1_000 } })
    const other = await open(server.port!)
    const large = await open(server.port!)
    large.socket.send('x'.repeat(1_001))
    expect(await large.closed).toBe(1009)
    // A masked frame: a text of one byte that is no UTF-8, an opcode that does not exist, a compressed frame that was not agreed on.
    for (const bytes of [
      [0x81, 0x81, 0, 0, 0, 0, 0xff],
      [0x83, 0x80, 0, 0, 0, 0],
      [0xc1, 0x80, 0, 0, 0, 0],
    ]) {
      const bad = await open(server.port!)
      ;(bad.socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(Buffer.from(bytes))
      expect([1002, 1007]).toContain(await bad.closed)
    }
    other.say({ type: 'heartCheck' })
    await other.frame('heartCheck')
  })

  it('F57 a client that does not mind that its frame was too large is cut', async () => {
    const server = await started({ port: 0, host: '127.0.0.1', limits: { frameBytes: 1_000, closeMs: 200 } })
    const large = await open(server.port!)
    large.socket.pause()
    large.socket.send('x'.repeat(1_001))
    await expect.poll(() => server.metrics().connections, { timeout: 5_000 }).toBe(0)
  })

  it('F145 a flood is slowed down, while others are served', async () => {
    const server = await started({ port: 0, host: '127.0.0.1', messages: { x: () => {} } })
    const flood = await open(server.port!)
    const other = await open(server.port!)
    for (let i = 0; i < 20_000; i++) flood.socket.send('{"type":"x"}')
    other.say({ type: 'heartCheck' })
    await other.frame('heartCheck')
    expect(await flood.closed).toBe(4029)
    expect(server.metrics().messagesIn).toBeLessThan(2_000)
  })

  it('F154 closes with clients that do not answer, and the process could exit', async () => {
    const server = createServer({ port: 0, host: '127.0.0.1', limits: { closeMs: 200 } })
    await server.ready
    const polite = await open(server.port!)
    const raw = connectTcp(server.port!, '127.0.0.1')
    const key = 'dGhlIHNhbXBsZSBub25jZQ=='
    const lines = [
      'GET / HTTP/1.1',
      'Host: x',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
    ]
    raw.write([...lines, `Sec-WebSocket-Key: ${key}`, '', ''].join('\r\n'))
    const ended = new Promise((resolve) => void raw.on('close', resolve))
    raw.on('error', () => {})
    await expect.poll(() => server.metrics().connections).toBe(2)
    await server.close()
    expect(await polite.closed).toBe(1012)
    raw.destroy()
    await ended
    expect(server.metrics().connections).toBe(0)
  })
})
