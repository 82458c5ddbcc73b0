import { FakeClock } from '@statewire/testing'
import { memoryBackplane, memoryBackplanes } from '@statewire/server'
import { describe, expect, it } from 'vitest'
import { describeBackplaneContract } from './backplane-contract.ts'

describeBackplaneContract('memory', async () => {
  const clock = new FakeClock()
  const node = memoryBackplanes({ env: { clock } })
  return { node, pass: async (ms) => clock.advance(ms), dispose: async () => {} }
})

describe('memory backplane', () => {
  const retention = { messages: 10, ttlMs: 60_000 }

  it('forgets no topic that was published to for others that were only asked for, nor for sessions', async () => {
    const backplane = memoryBackplane({ topics: 2, env: { clock: new FakeClock() } })
    await backplane.publish({ topic: 'news', payload: '1', retention })
    const { top } = await backplane.history('news', undefined, retention)
    for (let i = 0; i < 5; i++) await backplane.history(`made up ${i}`, undefined, retention)
    for (let i = 0; i < 5; i++) await backplane.publish({ topic: `#session ${i}`, payload: '1', retention })
    expect((await backplane.history('news', top, retention)).top).toEqual(top)
    await backplane.publish({ topic: 'a', payload: '1', retention })
    await backplane.publish({ topic: 'b', payload: '1', retention })
    expect((await backplane.history('news', top, retention)).publications).toBeUndefined()
  })

  it('keeps the private topic of each session, and the place in one that is published to later', async () => {
    const backplane = memoryBackplane({ topics: 2, env: { clock: new FakeClock() } })
    const names = Array.from({ length: 5 }, (_, index) => `#session ${index}`)
    const tops = await Promise.all(names.map(async (name) => (await backplane.history(name, undefined, retention)).top))
    const again = await Promise.all(
      names.map(async (name) => (await backplane.history(name, undefined, retention)).top),
    )
    expect(again).toEqual(tops)
    const { top } = await backplane.history('news', undefined, retention)
    await backplane.publish({ topic: 'news', payload: '1', retention })
    expect((await backplane.history('news', top, retention)).publications).toHaveLength(1)
  })

  describe('forgets by itself', () => {
    const claim = { cid: 'cid', userId: 'ann', node: 'one', tx: 1, ttlMs: 120_000, dedupeMs: 86_400_000 }

    /** A topic and a session with a private message each, and the means to see what is kept of them. */
    async function setup() {
      const clock = new FakeClock()
      const backplane = memoryBackplane({ env: { clock } })
      const { sid } = await backplane.claim(claim)
      const start = {
        room: (await backplane.history('room', undefined, retention)).top,
        private: (await backplane.history(`#${sid}`, undefined, retention)).top,
      }
      for (const topic of ['room', `#${sid}`]) await backplane.publish({ topic, payload: 'large', retention })
      // A generous retention shows what is there, whatever it was published with.
      const kept = async (topic: string, since: typeof start.room) =>
        (await backplane.history(topic, since, { messages: 1_000, ttlMs: Infinity })).publications
      return { clock, backplane, sid, start, kept }
    }

    it('the messages of every topic after their time, not its place', async () => {
      const { clock, backplane, sid, start, kept } = await setup()
      clock.advance(retention.ttlMs)
      await backplane.touch(sid, 120_000)
      expect(await kept('room', start.room)).toBeUndefined()
      expect(await kept(`#${sid}`, start.private)).toBeUndefined()
      expect(await kept('room', { ...start.room, offset: 1 })).toEqual([])
      expect(await kept(`#${sid}`, { ...start.private, offset: 1 })).toEqual([])
    })

    it('the private topic of a session that ended', async () => {
      const { clock, backplane, sid, start, kept } = await setup()
      await backplane.touch(sid, 300_000)
      clock.advance(299_999)
      await backplane.touch('nobody', 1)
      expect(await kept(`#${sid}`, { ...start.private, offset: 1 })).toEqual([])
      clock.advance(10_000)
      await backplane.touch('nobody', 1)
      expect(await kept(`#${sid}`, { ...start.private, offset: 1 })).toBeUndefined()
    })
  })
})
