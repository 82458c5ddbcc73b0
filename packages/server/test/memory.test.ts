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
})
