import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createFaultProxy, type FrameRule } from '@statewire/testing/node'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server that notes and echoes, a proxy before it, and a client that is connected through the proxy. */
async function setup({ perMessageDeflate = false } = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate })
  await once(server, 'listening')
  ends.push(() => server.close())
  const up: string[] = []
  const serverCloses: number[] = []
  server.on('connection', (socket) => {
    ends.push(() => socket.terminate())
    socket.on('message', (data: Buffer, isBinary) => {
      up.push(isBinary ? `binary ${data.length}` : data.toString())
      socket.send(isBinary ? data : `echo ${data.toString()}`)
    })
    socket.on('close', (code) => serverCloses.push(code))
    socket.on('error', () => {})
  })
  const proxy = await createFaultProxy({ target: { port: (server.address() as AddressInfo).port } })
  ends.push(() => proxy.close())
  const client = async () => {
    const socket = new WebSocket(proxy.wsUrl(), { perMessageDeflate })
    ends.push(() => socket.terminate())
    const down: string[] = []
    const closes: number[] = []
    let pongs = 0
    socket.on('message', (data: Buffer, isBinary) => down.push(isBinary ? `binary ${data.length}` : data.toString()))
    socket.on('close', (code) => closes.push(code))
    socket.on('pong', () => void pongs++)
    socket.on('error', () => {})
    await once(socket, 'open')
    return { socket, down, closes, pongs: () => pongs }
  }
  return { server, proxy, up, serverCloses, client, ...(await client()) }
}

const down = (rest: Pick<FrameRule, 'action'> & Partial<FrameRule>): FrameRule => ({
  direction: 'down',
  match: (text) => text === 'echo 2',
  ...rest,
})

describe('frame rules', () => {
  it('suppress a message in one direction, until undone', async () => {
    const { proxy, socket, up, down: heard } = await setup()
    const undo = proxy.rule({ direction: 'up', match: (text) => text === '2', action: { suppress: true } })
    for (const text of ['1', '2', '3']) socket.send(text)
    await vi.waitFor(() => expect(heard).toEqual(['echo 1', 'echo 3']))
    undo()
    undo()
    socket.send('2')
    await vi.waitFor(() => expect(up).toEqual(['1', '3', '2']))
  })

  it('strike the n-th match only, counted over connections', async () => {
    const { proxy, socket, down: heard, client } = await setup()
    proxy.rule(down({ nth: 2, action: { suppress: true } }))
    socket.send('2')
    await vi.waitFor(() => expect(heard).toEqual(['echo 2']))
    const other = await client()
    for (const text of ['2', '2']) other.socket.send(text)
    await vi.waitFor(() => expect(other.down).toEqual(['echo 2']))
    socket.send('2')
    await vi.waitFor(() => expect(heard).toEqual(['echo 2', 'echo 2']))
    expect(other.down).toEqual(['echo 2'])
  })

  it.each([10, 200, 70_000])('replace a message by one of %i characters, both ways', async (length) => {
    const { proxy, socket, up, down: heard } = await setup()
    proxy.rule({ direction: 'up', match: (text) => text === 'a', action: { replace: (text) => text.repeat(length) } })
    proxy.rule(down({ match: (text) => text.startsWith('echo a'), action: { replace: (text) => `${text}é` } }))
    socket.send('a')
    await vi.waitFor(() => expect(heard).toEqual([`echo ${'a'.repeat(length)}é`]))
    expect(up).toEqual(['a'.repeat(length)])
  })

  it('inject messages behind one', async () => {
    const { proxy, socket, down: heard, up } = await setup()
    proxy.rule(down({ action: { inject: ['x', 'y'] } }))
    proxy.rule({ direction: 'up', match: (text) => text === '3', action: { inject: ['4'] } })
    for (const text of ['1', '2', '3']) socket.send(text)
    await vi.waitFor(() => expect(heard).toEqual(['echo 1', 'echo 2', 'x', 'y', 'echo 3', 'echo 4']))
    expect(up).toEqual(['1', '2', '3', '4'])
  })

  it('delay a message and what is behind it, and nothing the other way', async () => {
    const { proxy, socket, down: heard, up } = await setup()
    proxy.rule(down({ action: { delayMs: 150 } }))
    const began = performance.now()
    for (const text of ['1', '2', '3']) socket.send(text)
    await vi.waitFor(() => expect(up).toEqual(['1', '2', '3']))
    await vi.waitFor(() => expect(heard).toEqual(['echo 1']))
    expect(performance.now() - began).toBeLessThan(140)
    await vi.waitFor(() => expect(heard).toEqual(['echo 1', 'echo 2', 'echo 3']))
    expect(performance.now() - began).toBeGreaterThan(140)
  })

  it('hold a delayed message back in a black hole that began meanwhile', async () => {
    const { proxy, socket, down: heard } = await setup()
    proxy.rule(down({ action: { delayMs: 50 } }))
    socket.send('2')
    await new Promise((resolve) => setTimeout(resolve, 20))
    proxy.blackhole('down')
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(heard).toEqual([])
    proxy.heal()
    await vi.waitFor(() => expect(heard).toEqual(['echo 2']))
  })

  it('close with a code instead, on both sides', async () => {
    const { proxy, socket, down: heard, closes, serverCloses } = await setup()
    proxy.rule(down({ action: { close: 4029 } }))
    for (const text of ['1', '2', '3']) socket.send(text)
    await vi.waitFor(() => expect([closes, serverCloses]).toEqual([[4029], [4029]]))
    expect(heard).toEqual(['echo 1'])
    await vi.waitFor(() => expect(proxy.connections).toBe(0))
  })

  it('cut the connection instead', async () => {
    const { proxy, socket, down: heard, up, closes, serverCloses } = await setup()
    proxy.rule({ direction: 'up', match: (text) => text === '2', action: { cut: true } })
    for (const text of ['1', '2']) socket.send(text)
    await vi.waitFor(() => expect([closes, serverCloses]).toEqual([[1006], [1006]]))
    expect([up, heard.includes('echo 2')]).toEqual([['1'], false])
  })

  it('let the first one that strikes decide, and the next one see what it leaves', async () => {
    const { proxy, socket, down: heard } = await setup()
    const seen: string[] = []
    proxy.rule(down({ nth: 2, action: { suppress: true } }))
    proxy.rule(down({ match: (text) => seen.push(text) > 0, action: { replace: (text) => `${text}!` } }))
    for (const text of ['2', '2', '1']) socket.send(text)
    await vi.waitFor(() => expect(heard).toEqual(['echo 2!', 'echo 1!']))
    expect(seen).toEqual(['echo 2', 'echo 1'])
  })

  it('see a message whose bytes and fragments come one by one, with a ping between them', async () => {
    const { proxy, socket, up, down: heard, pongs } = await setup()
    proxy.splitBytes()
    proxy.rule({ direction: 'up', match: (text) => text === 'whole', action: { replace: () => 'seen' } })
    for (const text of ['who', 'l']) socket.send(text, { fin: false })
    socket.ping()
    socket.send('e')
    await vi.waitFor(() => expect(up).toEqual(['seen']))
    await vi.waitFor(() => expect([heard, pongs()]).toEqual([['echo seen'], 1]))
  })

  it('leave fragments alone that began before the rule', async () => {
    const { proxy, socket, up } = await setup()
    socket.send('be', { fin: false })
    await new Promise((resolve) => setTimeout(resolve, 30))
    proxy.rule({ direction: 'up', match: () => true, action: { suppress: true } })
    socket.send('gun')
    socket.send('after')
    await vi.waitFor(() => expect(up).toEqual(['begun']))
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(up).toEqual(['begun'])
  })

  it('never see binary, control and compressed frames, which pass', async () => {
    const { proxy, socket, down: heard, pongs } = await setup({ perMessageDeflate: true })
    const seen: string[] = []
    proxy.rule({ direction: 'up', match: (text) => seen.push(text) > 0, action: { suppress: true } })
    socket.send(Buffer.alloc(100_000))
    socket.send('compressed '.repeat(500))
    socket.ping()
    await vi.waitFor(() => expect([heard.length, pongs()]).toEqual([2, 1]))
    expect(seen).toEqual([])
  })

  it('count for messages on links that were open before the rule', async () => {
    const { proxy, socket, down: heard, up } = await setup()
    socket.send('x'.repeat(300_000))
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    proxy.rule({ direction: 'up', match: (text) => text.length === 300_000, action: { suppress: true } })
    socket.send('x'.repeat(300_000))
    socket.send('end')
    await vi.waitFor(() => expect(up.at(-1)).toBe('end'))
    expect(up).toHaveLength(2)
  })
})
