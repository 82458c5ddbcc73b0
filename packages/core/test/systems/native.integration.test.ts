import { decode, encode } from '@msgpack/msgpack'
import { createFaultProxy } from '@statewire/testing/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import websocket from 'websocket'
import { jsonCodec, textCodec, type Codec } from '../../src/index.ts'
import { client, listen, messages, status, textOf, wsServer } from './setup.ts'

describe('native WebSocket', () => {
  it('S1 opens, sends, receives and closes, and says at each moment which', async () => {
    const { sockets, url } = await wsServer()
    sockets.on('connection', (socket) => socket.on('message', (frame) => socket.send(textOf(frame))))
    const live = client({ url })
    const seen = [live.state.status]
    live.on('state', (state) => seen.push(state.status))
    await live.connect()
    const echo = messages(live, 1)
    await live.send('say', '数据')
    expect(await echo).toEqual([{ type: 'say', data: '数据' }])
    await live.disconnect()
    expect(seen).toEqual(['idle', 'preparing', 'connecting', 'open', 'closed'])
    expect(sockets.clients.size).toBe(0)
  })

  it('S2 talks to WebSocket-Node: origin checked, subprotocol agreed, other data for other clients, bytes', async () => {
    const { server, port } = await listen()
    const node = new websocket.server({ httpServer: server, autoAcceptConnections: false })
    const connections: { send(data: string): void; sendBytes(data: Buffer): void }[] = []
    node.on('request', (request) => {
      if (!request.requestedProtocols.includes('echo-protocol')) return request.reject()
      const connection = request.accept('echo-protocol')
      connections.push(connection)
      connection.on('message', (message) => {
        connections.forEach((each, index) => each.send(JSON.stringify({ type: 'to', data: [index, message.utf8Data] })))
        connection.sendBytes(Buffer.from('{"type":"bytes","data":1}'))
      })
    })
    onTestFinished(() => node.shutDown())
    const url = `ws://127.0.0.1:${port}`
    const [a, b] = [client({ url, protocols: 'echo-protocol' }), client({ url, protocols: ['echo-protocol'] })]
    await a.connect()
    await b.connect()
    const heard = Promise.all([messages(a, 2), messages(b, 1)])
    await a.sendRaw('hello')
    expect(await heard).toEqual([
      [
        { type: 'to', data: [0, 'hello'] },
        { type: 'bytes', data: 1 },
      ],
      [{ type: 'to', data: [1, 'hello'] }],
    ])
    const stranger = client({ url, protocols: 'another', reconnect: false })
    await expect(stranger.connect()).rejects.toMatchObject({ code: 'FAILED' })
  })

  it('S3 talks raw text with a `ws` server that broadcasts', async () => {
    const { sockets, url } = await wsServer()
    sockets.on('connection', (socket) => {
      socket.on('message', (text) => {
        for (const each of sockets.clients) each.send(`received: ${textOf(text)}`)
      })
      socket.send('something')
    })
    const codec = textCodec()
    const [a, b] = [client({ url, codec }), client({ url, codec })]
    const heard = Promise.all([messages(a, 2), messages(b, 2)])
    await a.connect()
    await b.connect()
    await a.sendRaw('hi')
    const expected = ['something', 'received: hi'].map((data) => ({ type: 'message', data }))
    expect(await heard).toEqual([expected, expected])
  })

  it('S5 sends a first frame on open and takes only the messages that carry what it is for, without eval', async () => {
    const { sockets, url } = await wsServer()
    const received: string[] = []
    sockets.on('connection', (socket) => {
      socket.on('message', (frame) => {
        received.push(textOf(frame))
        socket.send('{"monitorCPU":[["10:00",42]]}')
        socket.send('({"monitorCPU": globalThis.pwned = true})')
        socket.send('{"other":1}')
        socket.send('{"monitorCPU":[["10:01",43]]}')
      })
    })
    const live = client({
      url,
      onOpen: ['12321'],
      codec: jsonCodec({
        type: (message) => ('monitorCPU' in message ? 'monitorCPU' : undefined),
        data: (message) => message['monitorCPU'],
      }),
    })
    const problems: string[] = []
    live.on('problem', ({ code }) => problems.push(code))
    const heard = messages(live, 2)
    await live.connect()
    expect(await heard).toEqual([
      { type: 'monitorCPU', data: [['10:00', 42]] },
      { type: 'monitorCPU', data: [['10:01', 43]] },
    ])
    expect(received).toEqual(['12321'])
    expect(problems).toEqual(['BAD_FRAME', 'BAD_FRAME'])
    expect('pwned' in globalThis).toBe(false)
  })
})

describe('heartbeat of the client', () => {
  for (const frame of [{ ping: true }, { req_type: 8, req_no: '1' }, '123456789']) {
    it(`S6 pings with ${JSON.stringify(frame)} in silence, and replaces a link that does not answer`, async () => {
      const { sockets, url } = await wsServer()
      const pings: string[] = []
      let answering = true
      sockets.on('connection', (socket) => {
        socket.on('message', (ping) => {
          pings.push(textOf(ping))
          if (answering) socket.send('{"type":"pong"}')
        })
      })
      const live = client({
        url,
        heartbeat: { mode: 'ping', frame, intervalMs: 50, timeoutMs: 100 },
        reconnect: { baseDelayMs: 20, maxDelayMs: 20 },
      })
      await live.connect()
      await messages(live, 3)
      expect(pings.slice(0, 3)).toEqual(Array(3).fill(typeof frame === 'string' ? frame : JSON.stringify(frame)))
      answering = false
      await status(live, 'waiting')
      expect(live.state).toMatchObject({ reason: 'heartbeat' })
      answering = true
      await status(live, 'open')
    })
  }

  it('S7 drops a silent link at once and says why it is reconnecting; whatever becomes of the old one', async () => {
    const { sockets, url } = await wsServer()
    sockets.on('connection', (socket) => {
      const timer = setInterval(() => socket.send('{"type":"tick"}'), 30)
      socket.on('close', () => clearInterval(timer))
    })
    const port = Number(new URL(url).port)
    const proxy = await createFaultProxy({ target: { host: '127.0.0.1', port } })
    onTestFinished(() => proxy.close())
    const live = client({
      url: `ws://127.0.0.1:${proxy.port}`,
      heartbeat: { mode: 'watch', intervalMs: 100, timeoutMs: 100 },
      reconnect: { baseDelayMs: 20, maxDelayMs: 20 },
    })
    await live.connect()
    await messages(live, 5)
    proxy.blackhole('both')
    await status(live, 'waiting')
    expect(live.state).toMatchObject({
      reason: 'heartbeat',
      attempt: expect.any(Number),
      nextRetryAt: expect.any(Number),
    })
    await status(live, 'open')
    await messages(live, 1)
  })
})

describe('several sockets', () => {
  it('S11 have names, first frames, callbacks, and reconnect unless closed by hand', async () => {
    const { sockets, url } = await wsServer()
    const firstFrames: string[] = []
    sockets.on('connection', (socket, { url: path }) => {
      socket.on('message', (frame) => {
        firstFrames.push(`${path} ${textOf(frame)}`)
        socket.send(textOf(frame))
      })
    })
    const make = (name: string) =>
      client({
        name,
        url: `${url}/${name}`,
        codec: textCodec(),
        onOpen: [`hello from ${name}`],
        reconnect: { baseDelayMs: 20, maxDelayMs: 20 },
      })
    const [one, two] = [make('one'), make('two')]
    const heard = Promise.all([messages(one, 1), messages(two, 1)])
    await Promise.all([one.connect(), two.connect()])
    expect(await heard).toEqual(['one', 'two'].map((name) => [{ type: 'message', data: `hello from ${name}` }]))
    const again = messages(one, 1)
    for (const socket of sockets.clients) socket.terminate()
    await again
    expect(one.state.status).toBe('open')
    await status(two, 'open')
    await two.disconnect()
    expect([one.state.status, two.state.status]).toEqual(['open', 'closed'])
    expect(firstFrames.filter((frame) => frame.startsWith('/one'))).toHaveLength(2)
  })
})

describe('frames', () => {
  it('S14 carries the token in the URL and shows it nowhere else', async () => {
    const { sockets, url } = await wsServer()
    const asked: (string | undefined)[] = []
    sockets.on('connection', (socket, request) => {
      asked.push(request.url)
      socket.send('not json')
    })
    const live = client({ url: () => `${url}/?token=TOP-SECRET`, protocols: ['chat', 'superchat'] })
    const told: unknown[] = []
    live.on('state', (state) => told.push(state))
    const problem = new Promise<void>((resolve) => {
      live.on('problem', ({ message, details, cause }) => {
        told.push(message, details, String(cause))
        resolve()
      })
    })
    await live.connect()
    await problem
    expect(asked).toEqual(['/?token=TOP-SECRET'])
    expect(JSON.stringify(told)).not.toContain('TOP-SECRET')
    await live.disconnect()
  })

  it('S14 takes and sends ArrayBuffer and Blob, and switches between them while open', async () => {
    const { sockets, url } = await wsServer()
    sockets.on('connection', (socket) => socket.on('message', (bytes) => socket.send(bytes)))
    const codec: Codec = {
      encode: ({ data }) => data as ArrayBuffer,
      decode: (frame) => ({ type: frame instanceof Blob ? 'blob' : 'arraybuffer', data: frame }),
    }
    const live = client({ url, codec })
    await live.connect()
    const [first] = await Promise.all([messages(live, 1), live.send('bytes', new Uint8Array([1, 2, 3]).buffer)])
    expect(first).toEqual([{ type: 'arraybuffer', data: new Uint8Array([1, 2, 3]).buffer }])
    live.binaryType = 'blob'
    const [second] = await Promise.all([messages(live, 1), live.sendRaw(new Uint8Array([4, 5]))])
    expect(second[0]?.type).toBe('blob')
    expect(second[0]?.data).toMatchObject({ size: 2 })
  })

  it('S14 speaks MessagePack through the codec port', async () => {
    const { sockets, url } = await wsServer()
    sockets.on('connection', (socket) => {
      socket.on('message', (bytes) => {
        const { type, data } = decode(bytes as Buffer) as { type: string; data: number[] }
        socket.send(encode({ type, data: data.map((value) => value * 2) }))
      })
    })
    const codec: Codec = {
      encode: (envelope) => encode(envelope),
      decode: (frame) => {
        if (!(frame instanceof ArrayBuffer)) return undefined
        const { type, data } = decode(frame) as { type: string; data: unknown }
        return { type, data }
      },
    }
    const live = client({ url, codec })
    await live.connect()
    const [answer] = await Promise.all([messages(live, 1), live.send('double', [1, 2, 3])])
    expect(answer).toEqual([{ type: 'double', data: [2, 4, 6] }])
  })

  it('S8 and S14 see bytes that do not leave: quality turns bad before the link is given up', async () => {
    const { sockets, url } = await wsServer()
    sockets.on('connection', (socket) => socket.pause())
    const live = client({ url, heartbeat: false })
    await live.connect()
    for (let chunk = 0; chunk < 40; chunk++) void live.sendRaw(new Uint8Array(1_000_000))
    expect(live.quality).toBe('good')
    await new Promise<void>((resolve) => {
      live.on('quality', ({ quality }) => {
        if (quality === 'slow') resolve()
      })
    })
  })

  it('S15 dispatches by resp_type, tries five times, then asks the user, and starts over on yes', async () => {
    const { sockets, url } = await wsServer()
    const codec = jsonCodec({
      type: 'resp_type',
      write: (type, data) => ({ req_type: Number(type), ...(data as object) }),
    })
    let refusing = false
    sockets.on('connection', (socket) => {
      if (refusing) return socket.terminate()
      socket.on('message', (frame) => {
        const { req_type: type, text } = JSON.parse(textOf(frame)) as { req_type: number; text: string }
        socket.send(JSON.stringify({ resp_type: type + 1, data: text }))
      })
    })
    const live = client({ url, codec, heartbeat: false, reconnect: { delayMs: 20, maxAttempts: 5 } })
    await live.connect()
    const heard: unknown[] = []
    live.onMessage('3', (data) => heard.push(data))
    const reply = messages(live, 1)
    await live.send('2', { text: 'hello' })
    await reply
    expect(heard).toEqual(['hello'])
    refusing = true
    const attempts: number[] = []
    live.on('state', (state) => state.status === 'waiting' && attempts.push(state.attempt))
    for (const socket of sockets.clients) socket.terminate()
    await status(live, 'failed')
    expect(live.state).toMatchObject({ reason: 'exhausted', attempt: 5 })
    expect(attempts.at(-1)).toBe(5)
    refusing = false
    await live.connect()
    expect(live.state).toMatchObject({ status: 'open', attempt: 1 })
  })
})
