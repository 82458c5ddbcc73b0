import { createFakes } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient, jsonCodec, latest, textCodec, type Codec } from '../../src/index.ts'
import { createStore } from '../binding/setup.ts'
import { connected as connectedClient, setup, withToken, type SetupOptions } from '../client-setup.ts'

const lines = (...messages: readonly unknown[]): string =>
  messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message))).join('\n')
const message = (data: number) => ({ type: 'n', data })
const numbers = [1, 2, 3].map(message)
const connected = ({ client, ...options }: SetupOptions = {}) =>
  connectedClient({ ...options, client: { splitFrames: true, ...client } })

describe('several messages in a frame', () => {
  it('are delivered in their order, and count as one frame', async () => {
    const { client, server, messages } = await connected()
    const frame = lines(...numbers)
    server.last.sendRaw(frame)
    expect(messages).toEqual(numbers)
    expect(client.stats()).toMatchObject({ frames: 1, bytes: frame.length, badFrames: 0 })
  })

  it('are told of one by one where they are broken, and the others land', async () => {
    const { client, server, messages, problems } = await connected()
    server.last.sendRaw(lines(message(1), '{"type":}', message(2), '{"type":"half"'))
    expect(messages).toEqual([message(1), message(2)])
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['BAD_FRAME', { excerpt: '"{\\"type\\":}"', count: 1 }],
      ['BAD_FRAME', { excerpt: '"{\\"type\\":\\"half\\""', count: 2 }],
    ])
    expect(client.state.status).toBe('open')
  })

  it('are given up after a hundred that cannot be read', async () => {
    const { client, server, messages, problems } = await connected()
    server.last.sendRaw(lines(message(1), ...Array<string>(1_000).fill('{}'), message(2)))
    server.last.sendRaw(lines(message(3), '{}', message(4)))
    expect(messages).toEqual([message(1), message(3), message(4)])
    expect([problems.length, client.stats().badFrames, client.state.status]).toEqual([101, 101, 'open'])
  })

  it('are not read when the frame is larger than maxFrameBytes, which is told once', async () => {
    const frame = lines(...numbers)
    const { server, messages, problems } = await connected({ client: { maxFrameBytes: frame.length - 1 } })
    server.last.sendRaw(frame)
    server.last.sendRaw(lines(message(1), message(2)))
    expect(problems.map(({ code }) => code)).toEqual(['FRAME_TOO_LARGE'])
    expect(messages).toEqual([message(1), message(2)])
  })

  it('hold the acceptance: what is before it was kept, what is behind it follows', async () => {
    const { client, network, messages, pass } = setup({ client: { ...withToken('secret'), splitFrames: true } })
    void client.connect()
    await pass(0)
    network.last.receive(lines(message(1), { type: 'auth ok' }, message(2), message(3)))
    expect(client.state.status).toBe('open')
    expect(messages).toEqual(numbers)
  })

  it('hold a refusal: it ends the link, and what is behind it is dropped', async () => {
    const world = await connected({ server: { token: 'secret' }, client: withToken('secret') })
    world.server.last.sendRaw(lines(message(1), { type: 'noAuth' }, message(2), '{broken}'))
    await world.pass(0)
    expect(world.problems).toEqual([])
    expect(world.client.state.status).toBe('open')
    expect(world.messages).toEqual([message(1)])
  })

  it('end with the link that a listener gives up, even if it opens another one', async () => {
    const { client, server, messages, pass } = await connected()
    client.onMessage('n', () => {
      void client.disconnect()
      void client.connect()
    })
    server.last.sendRaw(lines(...numbers))
    await pass(0)
    expect(client.state.status).toBe('open')
    expect(messages).toEqual([message(1)])
  })

  it('hold a heartbeat: it is answered, and is no message', async () => {
    const { server, network, messages } = await connected()
    server.last.sendRaw(lines(message(1), { type: 'heartCheck' }, message(2)))
    expect(messages).toEqual([message(1), message(2)])
    expect(network.last.messages).toEqual([{ type: 'heartCheck' }])
  })

  it('stay together where the codec does not split, or fails to', async () => {
    const text = await connected({ client: { codec: textCodec('text') } })
    text.server.last.sendRaw('{}\n{}')
    expect(text.messages).toEqual([{ type: 'text', data: '{}\n{}' }])

    const split = (): never => {
      throw new Error('no')
    }
    const failing = await connected({ client: { codec: { ...jsonCodec(), split } } })
    failing.server.last.sendRaw(lines(...numbers))
    failing.server.last.sendRaw(message(4))
    expect(failing.problems.map(({ code }) => code)).toEqual(['BAD_FRAME'])
    expect(failing.messages).toEqual([message(4)])
  })

  it('are not decoded where they will be overwritten within the flush', async () => {
    const fakes = createFakes()
    const decoded: unknown[] = []
    const codec = jsonCodec()
    const decode: Codec['decode'] = (frame) => codec.decode((decoded.push(frame), frame))
    const options = {
      transport: fakes.transport,
      env: fakes.env,
      heartbeat: false,
      splitFrames: true,
      codec: { ...codec, decode },
    } as const
    const client = createClient({ url: 'ws://fake', ...options })
    onTestFinished(() => client.dispose())
    await client.connect()
    const store = createStore({ last: null, other: null })
    client.bind(store.sink, { n: latest('last'), other: latest('other') } as never)
    // A type is held from its second message on.
    fakes.server.last.sendRaw(lines(message(0), { type: 'other', data: 0 }))
    fakes.frames.paint()
    decoded.length = 0
    fakes.server.last.sendRaw(lines(...numbers, { type: 'other', data: 1 }, message(4)))
    expect(decoded).toEqual([])
    fakes.frames.paint()
    expect(decoded).toHaveLength(2)
    expect(store.state).toEqual({ last: 4, other: 1 })
    expect(client.stats()).toMatchObject({ frames: 2, conflated: 3 })
  })
})
