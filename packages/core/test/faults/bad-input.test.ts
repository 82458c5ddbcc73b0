import { describe, expect, it } from 'vitest'
import { defineProtocol, latest, upsert } from '../../src/index.ts'
import { connected } from '../client-setup.ts'
import { z } from 'zod'

const good = { type: 'good', data: 1 }

describe('bad input', () => {
  it('F51 malformed JSON: counted, reported and dropped; the next good frame is delivered and the link kept', async () => {
    const { server, network, client, messages, problems } = await connected()
    server.last.sendRaw('{"a":')
    server.last.sendRaw(good)
    server.last.sendRaw('}{')
    expect(messages).toEqual([good])
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['BAD_FRAME', { excerpt: '"{\\"a\\":"', count: 1 }],
      ['BAD_FRAME', { excerpt: '"}{"', count: 2 }],
    ])
    expect(client.state.status).toBe('open')
    expect(network.live).toHaveLength(1)
  })

  it('F74 several documents in one frame are a bad frame, and the next good one is delivered', async () => {
    const { server, messages, problems } = await connected()
    server.last.sendRaw('{"type":"a"}\n{"type":"b"}')
    server.last.sendRaw(good)
    expect(messages).toEqual([good])
    expect(problems.map(({ code }) => code)).toEqual(['BAD_FRAME'])
  })

  it('F74 several documents in one frame are delivered each where frames are split, and half of one is a bad frame', async () => {
    const { server, messages, problems } = await connected({ client: { splitFrames: true } })
    server.last.sendRaw('{"type":"a"}\n{"type":"b"}\n{"type":"c"')
    server.last.sendRaw('{"type":"a"}{"type":"b"}')
    server.last.sendRaw('{"type":"a","data":[1,')
    server.last.sendRaw(good)
    expect(messages).toEqual([{ type: 'a', data: undefined }, { type: 'b', data: undefined }, good])
    expect(problems.map(({ code }) => code)).toEqual(['BAD_FRAME', 'BAD_FRAME', 'BAD_FRAME'])
  })

  for (const frame of ['null', '[]', '42', '"x"', 'true', '']) {
    it(`F52 the frame ${JSON.stringify(frame)}: reported and dropped`, async () => {
      const { server, messages, problems } = await connected()
      server.last.sendRaw(frame)
      server.last.sendRaw(good)
      expect(messages).toEqual([good])
      expect(problems.map(({ code }) => code)).toEqual(['BAD_FRAME'])
    })
  }

  it('F53 a binary frame that is no text: reported and dropped', async () => {
    const { server, messages, problems } = await connected()
    server.last.sendRaw(new Uint8Array([0xff, 0xfe, 0x00]).buffer)
    server.last.sendRaw(new Blob(['{}']))
    server.last.sendRaw(good)
    expect(messages).toEqual([good])
    expect(problems.map(({ details }) => details)).toEqual([
      { excerpt: 'a binary frame of 3 bytes', count: 1 },
      { excerpt: 'a binary frame of 2 bytes', count: 2 },
    ])
  })

  it('F54 a type nobody wired: no problem, and everybody else is served', async () => {
    const { server, client, messages, problems } = await connected()
    const heard: unknown[] = []
    client.onMessage('good', (data) => heard.push(data))
    server.send('sw.unknown', {})
    server.send('good', 1)
    expect(messages).toHaveLength(2)
    expect([heard, problems]).toEqual([[1], []])
  })

  it('F55 a type that is missing, an object or endless: reported with a short excerpt', async () => {
    const { server, messages, problems } = await connected()
    for (const frame of [{ data: 1 }, { type: {} }, { type: 'x'.repeat(1_000_000) }]) server.last.sendRaw(frame)
    server.last.sendRaw(good)
    expect(messages).toEqual([good])
    expect(problems).toHaveLength(3)
    for (const { message } of problems) expect(message.length).toBeLessThan(500)
  })

  it('F56 JSON nested 100,000 deep, and 5 MB of digits: no stack overflow, the next good frame is delivered', async () => {
    const { server, messages, problems } = await connected()
    server.last.sendRaw(`{"type":"deep","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    server.last.sendRaw('9'.repeat(5_000_000))
    server.last.sendRaw(good)
    expect(messages.at(-1)).toEqual(good)
    expect(problems.every(({ code }) => code === 'BAD_FRAME')).toBe(true)
    expect(problems.length).toBeGreaterThanOrEqual(1)
  })

  it('F57 a frame larger than maxFrameBytes: not even decoded', async () => {
    let decoded = 0
    const { server, messages, problems } = await connected({
      client: {
        maxFrameBytes: 1_000,
        codec: {
          decode: (frame) => (decoded++, JSON.parse(frame as string)),
          encode: (envelope) => JSON.stringify(envelope),
        },
      },
    })
    server.last.sendRaw({ type: 'big', data: 'x'.repeat(1_000) })
    server.last.sendRaw(good)
    expect(messages).toEqual([good])
    expect(decoded).toBe(1)
    expect(problems).toMatchObject([{ code: 'FRAME_TOO_LARGE', details: { maxFrameBytes: 1_000 } }])
  })

  for (const type of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`F58 the type ${type} is a plain string`, async () => {
      const { server, client, messages, problems } = await connected()
      const heard: unknown[] = []
      client.onMessage('ticker', () => heard.push('ticker'))
      server.last.sendRaw(`{"type":${JSON.stringify(type)},"data":1}`)
      expect(messages).toEqual([{ type, data: 1 }])
      client.onMessage(type, (data) => heard.push(data))
      server.last.sendRaw(`{"type":${JSON.stringify(type)},"data":2}`)
      expect([heard, problems]).toEqual([[2], []])
    })
  }

  it('F59 __proto__ in payloads and keys: pollutes nothing', async () => {
    const { server, client } = await connected()
    let state = { last: null as unknown, rows: {} as Readonly<Record<string, unknown>> }
    client.bind<typeof state>(
      {
        name: 'store',
        commit: (batch) => (state = { ...state, ...batch.apply(state) }),
        reset: () => {},
      },
      { evil: [latest('last'), upsert('rows', { by: 'id' })] },
    )
    server.last.sendRaw(
      '{"type":"evil","data":{"id":"__proto__","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    )
    server.last.sendRaw('{"type":"evil","data":{"id":"constructor","polluted":true}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.keys(state.rows)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(state.rows)).toBe(Object.prototype)
  })

  it('F60 a frame that names an action or a state key nobody wired reaches nothing', async () => {
    const { server, client } = await connected()
    const calls: unknown[] = []
    let state = { last: null as unknown, secret: 'kept' }
    client.bind<typeof state>(
      {
        name: 'store',
        commit: (batch) => (state = { ...state, ...batch.apply(state) }),
        reset: () => {},
        call: (call, data) => calls.push([call.call, data]),
      },
      { ticker: latest('last') },
    )
    server.send('secret', 'overwritten')
    server.last.sendRaw({ type: 'ticker', mutation: 'DROP', action: 'drop', namespace: 'x', data: 1 })
    expect(state).toEqual({ last: 1, secret: 'kept' })
    expect(calls).toEqual([])
  })

  it('a frame that does not fit its schema is a problem, and the next one is delivered', async () => {
    const protocol = defineProtocol({ receive: { ticker: z.object({ price: z.number() }) } })
    const { server, messages, problems } = await connected({ client: { protocol } })
    server.send('ticker', { price: 'high' })
    server.send('ticker', { price: 1 })
    expect(messages).toEqual([{ type: 'ticker', data: { price: 1 } }])
    expect(problems).toMatchObject([{ code: 'SCHEMA', details: { messageType: 'ticker' } }])
  })
})
