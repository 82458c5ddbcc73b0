import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../../src/index.ts'
import { ANNOUNCEMENT, codes, connected, setup, WELCOME } from './setup.ts'

const lines = (...messages: readonly unknown[]): string => messages.map((message) => JSON.stringify(message)).join('\n')
const placed = (o: number, c = 'room') => ({ type: 'say', data: o, sw: { c, o } })

describe('several messages in a frame of a session', () => {
  it('are offered in hello, up to the largest frame that is read', async () => {
    const { open, sent } = setup({ maxFrameBytes: 1_000 })
    await open(ANNOUNCEMENT)
    expect(sent()[1]).toMatchObject({ type: 'sw.hello', sw: { join: 1_000 } })
  })

  it('are not offered when the codec cannot split', async () => {
    const codec = jsonCodec()
    delete codec.split
    const { open, sent } = setup({ codec })
    await open(ANNOUNCEMENT)
    expect(sent()[1]).toMatchObject({ type: 'sw.hello' })
    expect((sent()[1] as { sw: object }).sw).not.toHaveProperty('join')
  })

  it('open the session and are its first messages', async () => {
    const { client, open, network, messages } = setup()
    await open(ANNOUNCEMENT)
    network.last.receive(
      lines(
        { type: 'sw.welcome', sw: WELCOME },
        { type: 'say', data: 1, sw: { c: '#', o: 1 } },
        { type: 'say', data: 2 },
      ),
    )
    expect(client.state.status).toBe('open')
    expect(messages.map(({ data }) => data)).toEqual([1, 2])
  })

  it('settle sends and move the place in a topic, in their order', async () => {
    const { client, network, messages, grant, drop, open, control, sent, settle } = await connected()
    client.channel('room').subscribe(() => {})
    await grant('room')
    const settled: unknown[] = []
    for (const data of ['a', 'b']) void client.send('note', data).then(() => settled.push(data))
    network.last.receive(
      lines(
        placed(11),
        { type: 'sw.ack', sw: { rx: 1 } },
        placed(12),
        placed(12),
        { type: 'sw.ack', sw: { rx: 2 } },
        placed(13),
      ),
    )
    await settle()
    expect(messages.map(({ data }) => data)).toEqual([11, 12, 13])
    expect(settled).toEqual(['a', 'b'])
    await drop()
    await open(ANNOUNCEMENT)
    control('sw.welcome', { ...WELCOME, st: 'resumed', rx: 2 })
    await settle()
    expect(sent().at(-1)).toMatchObject({ type: 'sw.sub', sw: { subs: [{ cursor: { offset: 13 } }] } })
  })

  it('are told of where one is malformed, and asked for again where one is missing', async () => {
    const { client, network, messages, grant, problems, sent, settle } = await connected()
    client.channel('room').subscribe(() => {})
    await grant('room')
    network.last.receive(lines(placed(11), { type: 'sw.ack', sw: { rx: 'x' } }, placed(13), placed(14)))
    await settle()
    expect(codes(problems)).toEqual(['SESSION'])
    expect(messages.map(({ data }) => data)).toEqual([11])
    expect(sent().at(-1)).toMatchObject({ type: 'sw.sub', sw: { subs: [{ cursor: { offset: 11 } }] } })
  })
})
