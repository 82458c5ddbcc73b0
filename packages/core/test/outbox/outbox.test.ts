import { getEventListeners } from 'node:events'
import { FakeClock } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Outbox, type OutboxLimits } from '../../src/outbox/outbox.ts'
import { Watermark } from '../../src/outbox/watermark.ts'
import { connected, setup as setupClient } from '../client-setup.ts'

function setup(limits: Partial<OutboxLimits> = {}) {
  const clock = new FakeClock()
  const all: OutboxLimits = { capacity: 3, maxBytes: 100, maxAgeMs: 60_000, overflow: 'reject', ...limits }
  const levels: string[] = []
  const watermark = new Watermark(all, (event, { messages, bytes }) => levels.push(`${event} ${messages} ${bytes}`))
  const outbox = new Outbox({ limits: all, clock, watermark })
  onTestFinished(() => outbox.discard('over'))
  const sent: unknown[] = []
  const drain = (most = Infinity): void => outbox.drain((frame) => sent.length < most && sent.push(frame) > 0)
  return { clock, outbox, sent, drain, levels }
}

describe('outbox', () => {
  it('tells once that it fills up, and once that it has emptied', () => {
    const { outbox, drain, levels } = setup({ capacity: 8, maxBytes: 1_000 })
    for (const frame of 'abcdefgh') void outbox.add('say', frame)
    expect(levels).toEqual(['highWater 6 6'])
    drain(5)
    expect(levels).toHaveLength(1)
    drain(6)
    drain()
    expect(levels).toEqual(['highWater 6 6', 'drain 2 2'])
    for (const frame of 'abcdef') void outbox.add('say', frame)
    outbox.discard('signed out')
    expect(levels.slice(2)).toEqual(['highWater 6 6', 'drain 0 0'])
  })

  it('tells that it fills up by bytes, and that it emptied by age', () => {
    const { outbox, clock, levels } = setup({ capacity: 1_000 })
    void outbox.add('say', 'x'.repeat(75))
    clock.advance(60_000)
    expect(levels).toEqual(['highWater 1 75', 'drain 0 0'])
  })

  it('hands messages over in order and resolves their promises', async () => {
    const { outbox, sent, drain } = setup()
    const promises = ['a', 'b'].map((frame) => outbox.add('say', frame))
    drain()
    await Promise.all(promises)
    expect(sent).toEqual(['a', 'b'])
    expect([outbox.size, outbox.bytes]).toEqual([0, 0])
  })

  it('keeps what the link does not take, in order', () => {
    const { outbox, sent, drain } = setup()
    for (const frame of ['a', 'b', 'c']) void outbox.add('say', frame)
    drain(1)
    expect([sent, outbox.size]).toEqual([['a'], 2])
    drain()
    expect(sent).toEqual(['a', 'b', 'c'])
  })

  it('rejects a message beyond its capacity and keeps the others', async () => {
    const { outbox, sent, drain } = setup()
    for (const frame of ['a', 'b', 'c']) void outbox.add('say', frame)
    await expect(outbox.add('say', 'd')).rejects.toMatchObject({ code: 'OUTBOX_FULL' })
    drain()
    expect(sent).toEqual(['a', 'b', 'c'])
  })

  it('counts bytes, not characters', async () => {
    const { outbox } = setup({ maxBytes: 6 })
    void outbox.add('say', '温')
    expect(outbox.bytes).toBe(3)
    void outbox.add('say', new Uint8Array(3))
    await expect(outbox.add('say', 'x')).rejects.toMatchObject({ details: { limit: 'outbox.maxBytes of 6 bytes' } })
  })

  it('drops the oldest instead, and tells it', async () => {
    const { outbox, sent, drain } = setup({ overflow: 'dropOldest' })
    const [first] = ['a', 'b', 'c', 'd'].map((frame) => outbox.add('say', frame))
    await expect(first).rejects.toMatchObject({ code: 'OUTBOX_DROPPED' })
    drain()
    expect(sent).toEqual(['b', 'c', 'd'])
  })

  it('rejects a message that would not fit into an empty outbox, without dropping others for it', async () => {
    const { outbox } = setup({ overflow: 'dropOldest' })
    void outbox.add('say', 'a')
    await expect(outbox.add('say', 'x'.repeat(101))).rejects.toMatchObject({ code: 'OUTBOX_FULL' })
    expect(outbox.size).toBe(1)
  })

  it('F135 rejects a message that waited too long, and never sends it', async () => {
    const { clock, outbox, sent, drain } = setup()
    const old = outbox.add('say', 'old')
    clock.advance(30_000)
    void outbox.add('say', 'young')
    clock.advance(30_000)
    await expect(old).rejects.toMatchObject({ code: 'EXPIRED', details: { maxAgeMs: 60_000 } })
    drain()
    expect(sent).toEqual(['young'])
    expect(clock.pending).toEqual([])
  })

  it('rejects the one message the link throws at, and sends the rest', async () => {
    const { outbox } = setup()
    const sent: unknown[] = []
    const bad = outbox.add('say', 'bad')
    const good = outbox.add('say', 'good')
    outbox.drain((frame) => {
      if (frame === 'bad') throw new TypeError('detached')
      return sent.push(frame) > 0
    })
    await expect(bad).rejects.toMatchObject({ code: 'ENCODE' })
    await good
    expect(sent).toEqual(['good'])
  })

  it('is not confused by messages that are added while it drains', async () => {
    const { outbox } = setup({ capacity: 2, overflow: 'dropOldest' })
    const sent: unknown[] = []
    const a = outbox.add('say', 'a')
    const b = outbox.add('say', 'b')
    outbox.drain((frame) => {
      if (frame === 'a') void outbox.add('say', 'c')
      return sent.push(frame) > 0
    })
    await Promise.all([a, b])
    expect(sent).toEqual(['a', 'b', 'c'])
    expect([outbox.size, outbox.bytes]).toEqual([0, 0])
  })

  it('takes no message whose signal is aborted', async () => {
    const { outbox, sent, drain } = setup()
    const reason = new Error('too late')
    await expect(outbox.add('say', 'a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    drain()
    expect([sent, outbox.size]).toEqual([[], 0])
  })

  it('takes back a message whose signal is aborted, and leaves nothing with a signal that is not', async () => {
    const { outbox, sent, drain } = setup()
    const { signal } = new AbortController()
    const taken = new AbortController()
    const back = outbox.add('say', 'back', { signal: taken.signal })
    const going = [outbox.add('say', 'a', { signal }), outbox.add('say', 'b', { signal })]
    taken.abort()
    await expect(back).rejects.toBe(taken.signal.reason)
    drain(1)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    outbox.discard('signed out')
    await Promise.allSettled(going)
    expect(sent).toEqual(['a'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects everything on discard and holds no timer afterwards', async () => {
    const { clock, outbox } = setup()
    const promises = ['a', 'b'].map((frame) => outbox.add('say', frame))
    outbox.discard('signed out')
    for (const promise of promises) await expect(promise).rejects.toMatchObject({ code: 'CLOSED' })
    expect([outbox.size, outbox.bytes, clock.pending]).toEqual([0, 0, []])
  })
})

describe('sending', () => {
  it('F130 200,000 sends while offline: capped, and every promise settles', { timeout: 60_000 }, async () => {
    const { client, server } = setupClient()
    const settled = Promise.allSettled(Array.from({ length: 200_000 }, (_, index) => client.send('say', index)))
    await client.connect()
    const outcomes = await settled
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1_000)
    expect(server.received).toHaveLength(1_000)
  })

  it('F130 20,000 sends while offline, dropping the oldest: the newest arrive', async () => {
    const { client, server } = setupClient({ client: { outbox: { overflow: 'dropOldest' } } })
    const settled = Promise.allSettled(Array.from({ length: 20_000 }, (_, index) => client.send('say', index)))
    await client.connect()
    expect((await settled).filter(({ status }) => status === 'rejected')).toHaveLength(19_000)
    expect(server.received.at(0)).toEqual({ type: 'say', data: 19_000 })
    expect(server.received.at(-1)).toEqual({ type: 'say', data: 19_999 })
  })

  it('F141 a send buffer that fills up: the rest waits in the outbox, where a lost link cannot take it along', async () => {
    const { client, network, server, pass } = await connected()
    network.last.bufferedBytes = 2_000_000
    const sent = client.send('say', 'later')
    await pass(1_000)
    expect(server.received).toEqual([])
    network.last.bufferedBytes = 0
    await pass(50)
    await sent
    expect(server.received).toEqual([{ type: 'say', data: 'later' }])
  })

  it('F141 a frequent sender does not put off what waits', async () => {
    const { client, network, server, pass } = await connected()
    network.last.bufferedBytes = 2_000_000
    void client.send('first')
    network.last.bufferedBytes = 0
    for (let index = 0; index < 50; index++) {
      void client.send('position', index)
      await pass(20, 20)
    }
    expect(server.received.length).toBeGreaterThan(40)
  })

  it('keeps the outbox over a disconnect, rejects new messages meanwhile, and sends after the next connect', async () => {
    const { client, server } = setupClient()
    const kept = client.send('say', 'kept')
    await client.disconnect()
    await expect(client.send('say', 'no')).rejects.toMatchObject({ code: 'CLOSED' })
    await client.connect()
    await kept
    expect(server.received).toEqual([{ type: 'say', data: 'kept' }])
  })

  it('F86 signs out and in as another user: nothing of the first user is sent', async () => {
    const { client, server } = setupClient()
    client.signIn('ada')
    const adas = client.send('say', 'private')
    client.signIn('bob')
    await expect(adas).rejects.toMatchObject({ code: 'CLOSED' })
    await client.connect()
    expect(server.received).toEqual([])
  })
})
