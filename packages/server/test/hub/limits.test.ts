import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { numbered, setupHub } from './links.ts'

const sub = { type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room' }] } }

describe('limits', () => {
  it('F145 a client that sends too fast is read more slowly', async () => {
    const { accept, clock } = setupHub()
    const client = accept()
    for (let i = 0; i < 200; i++) client.link.frame('{"type":"x"}')
    expect(client.paused).toBe(false)
    client.link.frame('{"type":"x"}')
    expect(client.paused).toBe(true)
    // (25 + 1) tokens at 50 a second.
    clock.advance(519)
    expect(client.paused).toBe(true)
    clock.advance(1)
    expect(client.paused).toBe(false)
    expect(client.closedWith).toBeUndefined()
  })

  it('F145 a flood is closed with 4029, with the word when to come back, and runs no more than two bursts', async () => {
    let runs = 0
    const { connect, hub } = setupHub({ messages: { x: () => void runs++ } })
    const client = await connect()
    for (let i = 0; i < 10_000; i++) client.link.frame('{"type":"x"}')
    await settle()
    expect(runs).toBeLessThanOrEqual(400)
    expect(client.of('sw.bye')).toMatchObject([{ sw: { retryMs: 1_000, why: 'too fast' } }])
    expect(client.closedWith?.code).toBe(4029)
    expect(hub.metrics()).toMatchObject({ floodClosed: 1, connections: 0 })
  })

  it('F145 a storm of subscriptions counts for more than the frames it comes in', async () => {
    const { connect, hub } = setupHub()
    const client = await connect()
    const storm = (frame: number) => {
      const subs = Array.from({ length: 256 }, (_, index) => ({ id: frame * 256 + index, c: `${frame} ${index}` }))
      return JSON.stringify({ type: 'sw.sub', sw: { subs } })
    }
    // A frame of 256 is worth 129 messages, and the hello was one.
    client.link.frame(storm(1))
    expect(client.paused).toBe(false)
    client.link.frame(storm(2))
    expect(client.paused).toBe(true)
    for (let frame = 3; frame <= 100; frame++) client.link.frame(storm(frame))
    await settle()
    expect(client.closedWith?.code).toBe(4029)
    expect(hub.metrics()).toMatchObject({ floodClosed: 1, subscriptions: 0 })
    expect(client.of('sw.subd').length).toBeLessThanOrEqual(256 * 3)
  })

  it('subscribing to all topics that a client may have is no storm, however many these are', async () => {
    const { connect } = setupHub({ limits: { topicsPerClient: 2_048 } })
    const client = await connect()
    for (let frame = 0; frame < 32; frame++) {
      const subs = Array.from({ length: 64 }, (_, index) => ({ id: frame * 64 + index + 1, c: `${frame} ${index}` }))
      client.link.frame(JSON.stringify({ type: 'sw.sub', sw: { subs } }))
    }
    await settle()
    expect(client.paused).toBe(false)
    expect(client.of('sw.subd')).toHaveLength(2_048)
  })

  it('F42 a client that reads too slowly loses broadcasts first, then its link (4008), and then nothing that is stored', async () => {
    const { connect, hub } = setupHub()
    const slow = await connect()
    const quick = await connect({ cid: 'quick' })
    await slow.say(sub)
    await quick.say(sub)
    const { cursor } = slow.of('sw.subd')[0]!.sw!
    slow.bufferedBytes = 1_048_576
    hub.broadcast('tick', 1)
    expect(slow.of('tick')).toEqual([])
    expect(quick.of('tick')).toHaveLength(1)
    expect(slow.closedWith).toBeUndefined()
    await hub.publish('room', 'news', 1)
    await settle()
    expect(slow.closedWith).toEqual({ code: 4008, reason: 'slow' })
    expect(quick.of('news')).toHaveLength(1)
    expect(hub.metrics()).toMatchObject({ slowClosed: 1, broadcastsDropped: 1 })
    const again = await connect({ sid: slow.sid })
    await again.say({ type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room', cursor }] } })
    expect(again.of('news')).toHaveLength(1)
  })

  it('F42 a replay waits until the client has taken what it was sent', async () => {
    const { clock, connect, hub } = setupHub()
    const first = await connect()
    await first.say(sub)
    const { cursor } = first.of('sw.subd')[0]!.sw!
    await first.drop()
    for (let i = 0; i < 10; i++) await hub.publish('room', 'news', i)
    const second = await connect({ sid: first.sid })
    second.bufferedBytes = 600_000
    await second.say({ type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room', cursor }] } })
    expect(second.of('news')).toHaveLength(1)
    await hub.publish('room', 'news', 10)
    second.bufferedBytes = 0
    clock.advance(20)
    await settle()
    expect(second.of('news').map(({ data }) => data)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('F42 a message larger than what may wait does not cut a client that has not read it yet, only more of them do', async () => {
    const { connect, hub } = setupHub({ requests: { get: () => 'x'.repeat(2_000_000) } })
    const client = await connect()
    await client.say(sub)
    client.reads = false
    await client.say({ type: 'get', sw: { n: 1, rq: true } })
    expect(client.of('sw.reply')).toHaveLength(1)
    expect(client.acked).toBe(1)
    await hub.publish('room', 'news', 'x'.repeat(2_000_000))
    await settle()
    expect(client.of('news')).toHaveLength(1)
    expect(client.closedWith).toBeUndefined()
    await hub.publish('room', 'news', 'x'.repeat(2_000_000))
    await settle()
    expect(client.of('news')).toHaveLength(1)
    expect(client.closedWith?.code).toBe(4008)
  })

  it('F42 messages larger than what may wait are replayed one after the other, as the client takes them', async () => {
    const { clock, connect, hub } = setupHub()
    const first = await connect()
    await first.say(sub)
    const { cursor } = first.of('sw.subd')[0]!.sw!
    await first.drop()
    for (let i = 0; i < 3; i++) await hub.publish('room', 'news', 'x'.repeat(2_000_000))
    const second = await connect({ sid: first.sid })
    second.reads = false
    await second.say({ type: 'heartCheck' }, { type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room', cursor }] } })
    for (const count of [1, 2, 3]) {
      expect(second.of('news')).toHaveLength(count)
      second.bufferedBytes = 100
      clock.advance(20)
      await settle()
    }
    expect(second.closedWith).toBeUndefined()
  })

  it('F42 a replay gives up only a client that takes nothing for 10 s', async () => {
    const { clock, connect, hub } = setupHub({ heartbeat: { intervalMs: 600_000 } })
    const first = await connect()
    await first.say(sub)
    const { cursor } = first.of('sw.subd')[0]!.sw!
    await first.drop()
    for (let i = 0; i < 2; i++) await hub.publish('room', 'news', i)
    const second = await connect({ sid: first.sid })
    second.bufferedBytes = 1_000_000
    await second.say({ type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room', cursor }] } })
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 20) {
        clock.advance(20)
        await settle()
      }
    }
    for (const left of [900_000, 800_000, 700_000]) {
      await pass(9_000)
      second.bufferedBytes = left
    }
    await pass(9_980)
    expect(second.closedWith).toBeUndefined()
    await pass(40)
    expect(second.closedWith?.code).toBe(4008)
  })

  it('F48 connections above the limit are closed with 4029', async () => {
    const { accept, hub } = setupHub({ limits: { connections: 2 } })
    const clients = [accept(), accept(), accept()]
    expect(clients.map(({ closedWith }) => closedWith?.code)).toEqual([undefined, undefined, 4029])
    await clients[0]!.drop()
    expect(accept().closedWith).toBeUndefined()
    expect(hub.metrics().connections).toBe(2)
  })

  it('F51 bad frames are counted, told to who has a session, and more than ten in a minute close with 4400', async () => {
    const { clock, connect, accept, hub } = setupHub()
    const client = await connect()
    const plain = accept()
    await client.say('{"a":', 'null', '[]', '42', '', '{"type":""}')
    expect(client.of('sw.error')).toHaveLength(6)
    clock.advance(60_001)
    await client.say(...Array<string>(10).fill('{'))
    expect(client.closedWith).toBeUndefined()
    await client.say('{')
    expect(client.closedWith?.code).toBe(4400)
    await plain.say('{')
    expect(plain.told.map(({ type }) => type)).toEqual(['sw.announce'])
    expect(hub.metrics().badFrames).toBe(18)
  })

  it('F53 and F57: binary frames are bad frames, frames that are too large close with 1009', async () => {
    const { accept, hub } = setupHub()
    const client = accept()
    client.link.frame(undefined)
    expect(hub.metrics().badFrames).toBe(1)
    await client.say(JSON.stringify({ type: 'x', data: 'x'.repeat(65_536) }))
    expect(client.closedWith?.code).toBe(1009)
  })

  it('F43 a client that never answers the closing handshake is cut after 2 s', async () => {
    const { accept, clock, hub } = setupHub()
    const client = accept()
    client.polite = false
    ;[...hub.clients][0]!.close(4000, 'x'.repeat(200))
    expect(client.closedWith?.reason).toHaveLength(120)
    clock.advance(1_999)
    expect(client.terminated).toBe(false)
    clock.advance(1)
    expect(client.terminated).toBe(true)
    expect(hub.metrics().connections).toBe(0)
  })
})

describe('heartbeat', () => {
  it('F1 a link without a sign of life is cut 10 s after a ping', async () => {
    const { accept, clock, hub } = setupHub()
    const client = accept()
    client.answers = false
    clock.advance(12_500)
    expect(client.pings).toBe(1)
    clock.advance(9_999)
    expect(client.terminated).toBe(false)
    clock.advance(1)
    expect(client.terminated).toBe(true)
    expect(hub.metrics()).toMatchObject({ deadLinks: 1, connections: 0 })
  })

  it('is satisfied by any frame, and pings again after 25 s', async () => {
    const { accept, clock } = setupHub()
    const client = accept()
    client.answers = false
    for (let round = 0; round < 5; round++) {
      clock.advance(12_500)
      await client.say({ type: 'x' })
      clock.advance(12_500)
      await client.say({ type: 'x' })
    }
    expect(client.terminated).toBe(false)
    expect(client.pings).toBe(10 / 2)
  })

  it('F31 and F32: after its own loop stood still, nobody is judged by the time that passed', async () => {
    const { accept, clock } = setupHub()
    const client = accept()
    client.answers = false
    clock.advance(12_500)
    clock.late(40_000)
    expect(client.terminated).toBe(false)
    expect(client.pings).toBe(2)
    client.link.alive()
    clock.advance(10_000)
    expect(client.terminated).toBe(false)
  })

  it('answers heartCheck frames', async () => {
    const { accept } = setupHub()
    const client = accept()
    await client.say({ type: 'heartCheck' })
    expect(client.of('heartCheck')).toHaveLength(1)
  })

  it('F68 sends its own beats where asked to, and does not answer their answers', async () => {
    const { accept, clock } = setupHub({ heartbeat: { beat: true } })
    const client = accept()
    expect(client.told[0]!.sw).toMatchObject({ heartbeat: { mode: 'reply' } })
    clock.advance(25_000)
    await client.say({ type: 'heartCheck' })
    expect(client.of('heartCheck')).toHaveLength(1)
    await client.say({ type: 'heartCheck' })
    expect(client.of('heartCheck')).toHaveLength(2)
  })
})

describe('drain', () => {
  it('F26 says goodbye, finishes what runs, acknowledges it, closes with 1012, and takes nobody new', async () => {
    const { accept, clock, connect, hub } = setupHub({
      messages: { slow: () => new Promise((resolve) => void clock.schedule(3_000, () => resolve(undefined))) },
    })
    const client = await connect()
    const plain = accept()
    await client.say(numbered(1, 'slow'))
    let drained = false
    const draining = hub.drain({ spreadMs: 20_000 }).then(() => (drained = true))
    await settle()
    expect(client.of('sw.bye')).toEqual([{ type: 'sw.bye', sw: { retryMs: 0, spreadMs: 20_000, why: 'restart' } }])
    expect(plain.of('sw.bye')).toEqual([])
    expect(accept().closedWith?.code).toBe(1012)
    await client.say(numbered(2, 'slow'))
    clock.advance(2_999)
    await settle()
    expect(client.closedWith).toBeUndefined()
    clock.advance(1)
    await settle()
    expect(client.acked).toBe(1)
    expect([client, plain].map(({ closedWith }) => closedWith?.code)).toEqual([1012, 1012])
    clock.advance(20)
    await draining
    expect(drained).toBe(true)
  })

  it('F26 finishes messages without a number as well, and sends what their handlers send, also when it closes', async () => {
    const { accept, clock, hub } = setupHub({
      messages: {
        slow: async (_, { client }) => {
          await new Promise<void>((resolve) => void clock.schedule(1_000, resolve))
          await client.send('done')
        },
      },
    })
    const plain = accept()
    const gone = accept()
    await plain.say({ type: 'slow' })
    await gone.say({ type: 'slow' })
    await gone.drop()
    const closing = hub.close()
    await settle()
    clock.advance(999)
    await settle()
    expect(plain.closedWith).toBeUndefined()
    clock.advance(1)
    await settle()
    expect(plain.of('done')).toHaveLength(1)
    expect(plain.closedWith?.code).toBe(1012)
    clock.advance(20)
    await closing
    expect(clock.pending).toEqual([])
  })

  it('F154 ends within its deadline whatever its clients do, and leaves no timer', async () => {
    const { accept, clock, hub } = setupHub({ messages: { hang: () => new Promise(() => {}) } })
    for (let i = 0; i < 1_000; i++) {
      const client = accept()
      client.polite = i % 2 === 0
    }
    const stuck = accept()
    stuck.link.frame(JSON.stringify({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1 } }))
    await settle()
    await stuck.say(numbered(1, 'hang'))
    let closed = false
    const closing = hub.close().then(() => (closed = true))
    for (let waited = 0; waited < 4_100; waited += 20) {
      clock.advance(20)
      await Promise.resolve()
      if (waited % 1_000 === 0) await settle()
    }
    await settle()
    expect(closed).toBe(true)
    await closing
    expect(hub.metrics().connections).toBe(0)
    expect(clock.pending).toEqual([])
  })
})
