import { EventSource } from 'eventsource'
import express from 'express'
import { createServer, type ServerResponse } from 'node:http'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventSourceTransport } from '../../src/transport/event-source.ts'
import { socketIo } from '../../src/transport/socket-io.ts'
import { client, listen, messages, status } from './setup.ts'

const soon = { baseDelayMs: 20, maxDelayMs: 20 }

describe('server-sent events', () => {
  async function eventServer() {
    const streams: ServerResponse[] = []
    const urls: (string | undefined)[] = []
    const { port } = await listen(
      createServer((request, response) => {
        urls.push(request.url)
        streams.push(response)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.flushHeaders()
      }),
    )
    return { url: `http://127.0.0.1:${port}/events?room=a`, streams, urls }
  }

  it('S9 receives messages and named events, and goes on after the last event when the link is replaced', async () => {
    const { url, streams, urls } = await eventServer()
    const transport = eventSourceTransport({ events: ['ticker'], eventSource: EventSource })
    const live = client({ url, transport, reconnect: soon, heartbeat: { mode: 'watch' } })
    await live.connect()
    const heard = messages(live, 3)
    streams[0]?.write('id: 7\ndata: {"type":"say","data":"hello"}\n\n')
    streams[0]?.write('id: 8\nevent: ticker\ndata: {"price":1}\n\n')
    streams[0]?.write('id: 9\nevent: ticker\ndata: plain text\n\n')
    expect(await heard).toEqual([
      { type: 'say', data: 'hello' },
      { type: 'ticker', data: { price: 1 } },
      { type: 'ticker', data: 'plain text' },
    ])
    streams[0]?.end()
    await status(live, 'waiting')
    await status(live, 'open')
    expect(urls).toEqual(['/events?room=a', '/events?room=a&lastEventId=9'])
  })

  it('S9 starts without the last event of the user before', async () => {
    const { url, streams, urls } = await eventServer()
    const live = client({ url, transport: eventSourceTransport({ eventSource: EventSource }), reconnect: soon })
    live.signIn('ada')
    await live.connect()
    const heard = messages(live, 1)
    streams[0]?.write('id: ada-42\ndata: {"type":"say"}\n\n')
    await heard
    live.signIn('bob')
    await live.connect()
    expect(urls).toEqual(['/events?room=a', '/events?room=a'])
  })

  it('S9 cannot send, and says so', async () => {
    const { url } = await eventServer()
    const live = client({ url, transport: eventSourceTransport({ eventSource: EventSource }) })
    await live.connect()
    await expect(live.send('say', 1)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(live.state.status).toBe('open')
  })

  it('S9 reports a server that is not there as any other loss', async () => {
    const { url, streams } = await eventServer()
    const live = client({
      url: url.replace('/events', '//'),
      transport: eventSourceTransport({ eventSource: EventSource }),
    })
    await live.connect()
    streams[0]?.destroy()
    await status(live, 'waiting')
    expect(live.state).toMatchObject({ reason: 'closed' })
  })
})

describe('socket.io', () => {
  async function socketIoServer() {
    const app = express()
    app.get('/', (_request, response) => void response.send('<h1>Welcome Realtime Server</h1>'))
    const { server, port } = await listen(createServer(app))
    const sockets = new Server(server, { cors: { origin: '*' } })
    onTestFinished(() => void sockets.close())
    return { sockets, url: `http://127.0.0.1:${port}` }
  }

  it('S10 exchanges custom events with an express and socket.io server', async () => {
    const { sockets, url } = await socketIoServer()
    sockets.on('connection', (socket) => {
      socket.on('message', (message: unknown) => sockets.emit('message', message))
      socket.on('disconnect', () => {})
    })
    const [a, b] = [client({ url, ...socketIo(io) }), client({ url, ...socketIo(io) })]
    await Promise.all([a.connect(), b.connect()])
    const heard = Promise.all([messages(a, 1), messages(b, 1)])
    await a.send('message', { name: 'a', msg: 'hello world' })
    const expected = [{ type: 'message', data: { name: 'a', msg: 'hello world' } }]
    expect(await heard).toEqual([expected, expected])
    expect(await (await fetch(url)).text()).toContain('Welcome')
  })

  it('S10 takes acknowledgements for replies, and lets binary data through', async () => {
    const { sockets, url } = await socketIoServer()
    sockets.on('connection', (socket) => {
      socket.on('join', (room: string, done: (reply: unknown) => void) => done({ room, members: 1 }))
      socket.on('bytes', (bytes: Buffer) => socket.emit('size', bytes.length))
    })
    const live = client({ url, ...socketIo(io) })
    const early = live.request('join', 'lobby')
    await live.connect()
    expect(await early).toEqual({ room: 'lobby', members: 1 })
    const size = messages(live, 1)
    await live.send('bytes', new Uint8Array(5))
    expect(await size).toEqual([{ type: 'size', data: 5 }])
    await expect(live.request('nobody', 1, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    await expect(live.sendRaw('text')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  it('S10 reconnects by its own rules: one socket, messages sent meanwhile arrive once', async () => {
    const { sockets, url } = await socketIoServer()
    const received: unknown[] = []
    sockets.on('connection', (socket) => socket.on('say', (data: unknown) => received.push(data)))
    const live = client({ url, ...socketIo(io), reconnect: soon })
    await live.connect()
    sockets.disconnectSockets(true)
    await status(live, 'waiting')
    const sent = live.send('say', 'meanwhile')
    await status(live, 'open')
    await sent
    await live.send('say', 'afterwards')
    await expect.poll(() => received).toEqual(['meanwhile', 'afterwards'])
    expect((await sockets.fetchSockets()).length).toBe(1)
    await live.disconnect()
    await expect.poll(async () => (await sockets.fetchSockets()).length).toBe(0)
  })
})
