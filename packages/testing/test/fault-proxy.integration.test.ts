import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createFaultProxy } from '@statewire/testing/node'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function setup() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  ends.push(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const received: string[] = []
  const serverCloses: number[] = []
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      received.push(data.toString())
      socket.send(`echo ${data.toString()}`)
    })
    socket.on('close', (code) => serverCloses.push(code))
    socket.on('error', () => {})
  })
  const proxy = await createFaultProxy({ target: { port: (server.address() as AddressInfo).port } })
  ends.push(() => proxy.close())
  return { server, proxy, received, serverCloses }
}

function dial(url: string) {
  const socket = new WebSocket(url)
  const messages: string[] = []
  const closes: number[] = []
  socket.on('message', (data: Buffer) => messages.push(data.toString()))
  socket.on('close', (code) => closes.push(code))
  socket.on('error', () => {})
  ends.push(() => socket.terminate())
  return { socket, messages, closes, opened: once(socket, 'open') }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('fault proxy', () => {
  it('forwards both ways, close codes included', async () => {
    const { proxy, received, serverCloses } = await setup()
    const { socket, messages, closes, opened } = dial(proxy.wsUrl('/ws'))
    await opened
    socket.send('hi')
    await vi.waitFor(() => expect(messages).toEqual(['echo hi']))
    expect([received, proxy.connections, proxy.accepted]).toEqual([['hi'], 1, 1])
    socket.close(4000)
    await vi.waitFor(() => expect([closes, serverCloses, proxy.connections]).toEqual([[4000], [4000], 0]))
  })

  it('swallows frames and ends both ways, lets new connections pass, and delivers late when healed', async () => {
    const { proxy, received, serverCloses, server } = await setup()
    const first = dial(proxy.wsUrl())
    await first.opened
    proxy.blackhole()
    first.socket.send('lost')
    for (const socket of server.clients) socket.send('lost too')
    const second = dial(proxy.wsUrl())
    await second.opened
    second.socket.send('passes')
    await vi.waitFor(() => expect(second.messages).toEqual(['echo passes']))
    first.socket.terminate()
    await wait(50)
    expect([received, first.messages, serverCloses]).toEqual([['passes'], [], []])
    proxy.heal()
    await vi.waitFor(() => expect([received, serverCloses]).toEqual([['passes', 'lost'], [1006]]))
  })

  it('swallows one way only', async () => {
    const { proxy, received, server } = await setup()
    const { socket, messages, opened } = dial(proxy.wsUrl())
    await opened
    proxy.blackhole('up')
    socket.send('lost')
    for (const other of server.clients) other.send('arrives')
    await vi.waitFor(() => expect(messages).toEqual(['arrives']))
    expect(received).toEqual([])
    proxy.heal()
    await vi.waitFor(() => expect(messages).toEqual(['arrives', 'echo lost']))
    proxy.blackhole('down')
    socket.send('heard')
    await vi.waitFor(() => expect(received).toEqual(['lost', 'heard']))
    expect(messages).toHaveLength(2)
  })

  it('accepts TCP and answers nothing while it hangs', async () => {
    const { proxy, server } = await setup()
    proxy.hangUpgrade()
    const hanging = dial(proxy.wsUrl())
    hanging.opened.catch(() => {})
    await vi.waitFor(() => expect(proxy.connections).toBe(1))
    await wait(50)
    expect([hanging.socket.readyState, server.clients.size]).toEqual([WebSocket.CONNECTING, 0])
    await proxy.accept()
    await dial(proxy.wsUrl()).opened
    hanging.socket.terminate()
    await vi.waitFor(() => expect([proxy.connections, server.clients.size]).toEqual([1, 1]))
  })

  it('refuses new connections and keeps present ones, on the same port afterwards', async () => {
    const { proxy } = await setup()
    const { port } = proxy
    const present = dial(proxy.wsUrl())
    await present.opened
    await proxy.refuse()
    const refused = dial(proxy.wsUrl())
    await expect(refused.opened).rejects.toThrow('ECONNREFUSED')
    present.socket.send('still here')
    await vi.waitFor(() => expect(present.messages).toEqual(['echo still here']))
    await proxy.accept()
    await dial(proxy.wsUrl()).opened
    expect(proxy.port).toBe(port)
  })

  it('cuts with a reset on both sides', async () => {
    const { proxy, serverCloses } = await setup()
    const { closes, opened } = dial(proxy.wsUrl())
    const raw = connect(proxy.port, '127.0.0.1')
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => raw.once('error', resolve))
    await opened
    await vi.waitFor(() => expect(proxy.connections).toBe(2))
    proxy.cut()
    await expect(failed).resolves.toMatchObject({ code: 'ECONNRESET' })
    await vi.waitFor(() => expect([closes, serverCloses]).toEqual([[1006], [1006]]))
  })

  it('ends without a close frame and without a reset', async () => {
    const { proxy, serverCloses } = await setup()
    const { closes, opened } = dial(proxy.wsUrl())
    const raw = connect(proxy.port, '127.0.0.1').resume()
    const ended = once(raw, 'end')
    await opened
    await vi.waitFor(() => expect(proxy.connections).toBe(2))
    proxy.fin()
    await ended
    await vi.waitFor(() => expect([closes, serverCloses]).toEqual([[1006], [1006]]))
  })

  it('cuts in the middle of a message, once', async () => {
    const { proxy, server } = await setup()
    const first = dial(proxy.wsUrl())
    await first.opened
    proxy.cutAfterBytes(500, 'down')
    for (const socket of server.clients) socket.send('x'.repeat(1_000))
    await vi.waitFor(() => expect(first.closes).toEqual([1006]))
    expect(first.messages).toEqual([])
    const second = dial(proxy.wsUrl())
    await second.opened
    second.socket.send('x'.repeat(1_000))
    await vi.waitFor(() => expect(second.messages).toHaveLength(1))
  })

  it('adds latency without adding it up', async () => {
    const { proxy } = await setup()
    const { socket, messages, opened } = dial(proxy.wsUrl())
    await opened
    proxy.latency(100)
    const sentAt = performance.now()
    for (let count = 0; count < 5; count++) {
      socket.send(String(count))
      await wait(10)
    }
    await vi.waitFor(() => expect(messages).toHaveLength(5), { interval: 5 })
    const tookMs = performance.now() - sentAt
    expect(messages).toEqual(['echo 0', 'echo 1', 'echo 2', 'echo 3', 'echo 4'])
    expect(tookMs).toBeGreaterThan(195)
    expect(tookMs).toBeLessThan(900)
  })

  it('throttles', async () => {
    const { proxy } = await setup()
    const { socket, messages, opened } = dial(proxy.wsUrl())
    await opened
    proxy.throttle(10_000)
    const sentAt = performance.now()
    socket.send('x'.repeat(2_000)) // 200 ms up and 200 ms down
    await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 5_000 })
    expect(performance.now() - sentAt).toBeGreaterThan(250)
  })

  it('delivers the same when every byte travels alone', async () => {
    const { proxy, received } = await setup()
    proxy.splitBytes()
    const { socket, messages, opened } = dial(proxy.wsUrl())
    await opened
    socket.send('split me')
    await vi.waitFor(() => expect([received, messages]).toEqual([['split me'], ['echo split me']]))
  })

  it('resets the client when the target is not there', async () => {
    const { proxy, server } = await setup()
    server.close()
    await once(server, 'close')
    const { opened } = dial(proxy.wsUrl())
    await expect(opened).rejects.toThrow()
    await vi.waitFor(() => expect(proxy.connections).toBe(0))
  })
})
