import { settle } from '@statewire/testing'
import { memoryBackplane, type Backplane, type HubOptions } from '@statewire/server'
import { describe, expect, it, vi } from 'vitest'
import { numbered, setupHub } from './links.ts'

const sub = { type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room' }] } }

/** A hub, and clients with a session that take frames of several messages, and write down how many messages each had. */
function setup(options: HubOptions = {}) {
  const world = setupHub(options)
  const connect = async (hello: object = {}) => {
    const client = await world.connect({ join: 1_000_000, ...hello })
    await client.say(sub)
    client.frames.length = client.told.length = 0
    return client
  }
  return { ...world, connect }
}

const counts = (frames: readonly string[]): number[] => frames.map((frame) => frame.split('\n').length)

describe('several messages in a frame', () => {
  it('is how they go that are sent within one turn, in their order, and each is counted', async () => {
    const { connect, hub } = setup()
    const client = await connect()
    const { messagesOut } = hub.metrics()
    hub.broadcast('tick', 1)
    void hub.publish('room', 'news', 2)
    void [...hub.clients][0]!.send('note', 3)
    hub.broadcast('tick', 4)
    expect(client.frames).toEqual([])
    await settle()
    expect(counts(client.frames)).toEqual([4])
    expect(client.told.map(({ data }) => data)).toEqual([1, 2, 3, 4])
    expect(hub.metrics().messagesOut - messagesOut).toBe(4)
    hub.broadcast('tick', 5)
    await settle()
    expect(counts(client.frames)).toEqual([4, 1])
  })

  it('is how the end of a turn comes to all links of a hub: once', async () => {
    const turns: (() => void)[] = []
    const { connect, hub, accept } = setup({ env: { turn: (callback) => void turns.push(callback) } })
    void [connect({ cid: 'a' }), connect({ cid: 'b' })]
    await settle()
    for (const turn of turns.splice(0)) turn()
    const plain = accept()
    hub.broadcast('tick', 1)
    hub.broadcast('tick', 2)
    expect(turns).toHaveLength(1)
    expect(plain.of('tick')).toHaveLength(2)
  })

  it.each<[who: string, hello: object, options: HubOptions]>([
    ['a client that did not say it takes them', { join: undefined }, {}],
    ['anybody where joinFrames is false', {}, { joinFrames: false }],
  ])('is not for %s', async (_, hello, options) => {
    const { connect, hub } = setup(options)
    const client = await connect(hello)
    for (let i = 0; i < 3; i++) hub.broadcast('tick', i)
    expect(counts(client.frames)).toEqual([1, 1, 1])
  })

  it('is not for a plain client, nor for one that says it in a malformed way', async () => {
    const { accept, hub } = setup()
    const plain = accept()
    const malformed = accept()
    await malformed.say({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, join: true } })
    for (let i = 0; i < 3; i++) hub.broadcast('tick', i)
    expect([plain, malformed].map((client) => client.of('tick').length)).toEqual([3, 3])
    expect(malformed.of('sw.welcome')).toEqual([])
    expect(hub.metrics().badFrames).toBe(1)
  })

  it.each<[limit: string, hello: object, options: HubOptions, longest: number]>([
    ['65,536 characters', {}, {}, 65_536],
    ['what the client takes', { join: 5_000 }, {}, 5_000],
    ['a 16th of what may wait', {}, { limits: { queueBytes: 160_000 } }, 10_000],
  ])('ends at %s, and what is longer goes alone', async (_, hello, options, longest) => {
    const { connect, hub } = setup(options)
    const client = await connect(hello)
    const text = (length: number): string => 'x'.repeat(length - JSON.stringify({ type: 'tick', data: '' }).length)
    const half = text((longest - 1) / 2)
    const sizes = [half, half, text(longest), half, text(longest + 1), half, text(100), half]
    for (const size of sizes) hub.broadcast('tick', size)
    await settle()
    expect(counts(client.frames)).toEqual([2, 1, 1, 1, 2, 1])
    expect(client.told.map(({ data }) => data)).toEqual(sizes)
    expect(client.frames[0]!.length).toBeLessThanOrEqual(longest)
  })

  it('keeps no room from a broadcast that is larger than what may wait, to a client that reads', async () => {
    const { connect, hub } = setup()
    const client = await connect()
    hub.broadcast('tick', 1)
    hub.broadcast('tick', 'x'.repeat(1_200_000))
    expect(counts(client.frames)).toEqual([1, 1])
    expect(hub.metrics().broadcastsDropped).toBe(0)
  })

  it('is not how they go when the backplane gives something that is no JSON', async () => {
    const inner = memoryBackplane()
    const publish: Backplane['publish'] = (one) =>
      inner.publish(one.payload.includes('foreign') ? { ...one, payload: '?' } : one)
    const { connect, hub } = setup({ backplane: Object.assign(Object.create(inner) as Backplane, { publish }) })
    const client = await connect()
    const sent: string[] = []
    vi.spyOn(client, 'send').mockImplementation((text) => void sent.push(text))
    void hub.publish('room', 'news', 1)
    void hub.publish('room', 'foreign')
    hub.broadcast('tick', 2)
    await settle()
    expect(sent.map((text) => text.slice(0, 14))).toEqual(['{"type":"news"', ',"sw":{"c":"ro', '{"type":"tick"'])
  })

  it('gives everybody the same text where it is the only one', async () => {
    const sent: unknown[] = []
    const { hub } = setup()
    const connect = async (cid: string): Promise<void> => {
      const socket = { send: (text: string) => void sent.push(text), close() {}, terminate() {}, bufferedBytes: 0 }
      hub.accept(socket).frame(JSON.stringify({ type: 'sw.hello', sw: { v: 1, cid, tx: 1, join: 1_000 } }))
      await settle()
    }
    await connect('a')
    await connect('b')
    sent.length = 0
    hub.broadcast('tick', 1)
    await settle()
    expect(sent).toEqual(['{"type":"tick","data":1}', '{"type":"tick","data":1}'])
  })

  it('is sent before the goodbye that follows within the turn, and the close', async () => {
    const { connect, hub, clock } = setup()
    const client = await connect()
    const [held] = hub.clients
    const order: string[] = []
    vi.spyOn(client, 'send').mockImplementation((text) => void order.push(text))
    vi.spyOn(client, 'close').mockImplementation((code) => void order.push(String(code)))
    hub.broadcast('tick', 1)
    held!.close(4000, 'enough')
    expect(order).toEqual(['{"type":"tick","data":1}', '4000'])

    const other = await connect()
    hub.broadcast('tick', 2)
    void hub.drain()
    await settle()
    expect(other.told.map(({ type }) => type)).toEqual(['tick', 'sw.bye'])
    expect(other.closedWith?.code).toBe(1012)
    clock.advance(20)
  })

  it('goes to the others though the socket of one throws', async () => {
    const turns: (() => void)[] = []
    const endTurn = async (): Promise<void> => {
      await settle()
      for (const turn of turns.splice(0)) turn()
    }
    const { connect, hub } = setup({ env: { turn: (callback) => void turns.push(callback) } })
    const connected = Promise.all(['a', 'b', 'c'].map((cid) => connect({ cid })))
    await endTurn()
    await endTurn()
    const [broken, ...others] = await connected
    broken!.send = () => {
      throw new Error('no socket')
    }
    hub.broadcast('tick', 1)
    await expect(endTurn()).rejects.toThrow('no socket')
    await endTurn()
    hub.broadcast('tick', 2)
    await expect(endTurn()).rejects.toThrow('no socket')
    await endTurn()
    expect(others.map((client) => client.of('tick').map(({ data }) => data))).toEqual([
      [1, 2],
      [1, 2],
    ])
    broken!.send = () => {}
  })

  it('goes nowhere once the link is gone', async () => {
    const { connect, hub } = setup()
    const client = await connect()
    hub.broadcast('tick', 1)
    await client.drop()
    expect(client.frames).toEqual([])
  })

  it('holds the acknowledgements and the replies that come within the turn', async () => {
    const { connect } = setup({ requests: { double: (data) => `${String(data)}${String(data)}` } })
    const client = await connect()
    client.link.frame(JSON.stringify(numbered(1, 'double', { rq: true })))
    client.link.frame(JSON.stringify(numbered(2, 'double', { rq: true })))
    await settle()
    expect(client.of('sw.reply').map(({ data }) => data)).toEqual(['m1m1', 'm2m2'])
    expect(client.acked).toBe(2)
  })

  it('counts as what waits while it is put together: a client without room loses broadcasts, then its link', async () => {
    const { connect, hub } = setup()
    const slow = await connect()
    slow.bufferedBytes = 1_048_576 - 1_000
    for (let i = 0; i < 10; i++) hub.broadcast('tick', 'x'.repeat(200))
    expect(hub.metrics().broadcastsDropped).toBe(5)
    await hub.publish('room', 'news', 'x'.repeat(600))
    await settle()
    expect(slow.of('tick')).toHaveLength(5)
    expect(slow.closedWith).toEqual({ code: 4008, reason: 'slow' })
  })
})
