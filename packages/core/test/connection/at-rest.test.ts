import { describe, expect, it } from 'vitest'
import type { HeartbeatOptions } from '../../src/index.ts'
import { connected } from '../client-setup.ts'

describe('a connection at rest', () => {
  it.each<readonly [heartbeat: HeartbeatOptions | false, timers: number]>([
    [false, 0],
    // A server that never beats: there is nothing to watch for.
    [{ mode: 'reply' }, 0],
    [{ mode: 'reply', intervalMs: 60_000 }, 1],
    [{ mode: 'ping', intervalMs: 60_000 }, 1],
    [{ mode: 'watch', intervalMs: 60_000 }, 1],
  ])('with heartbeat %j holds %i timers, and sets none for a message', async (heartbeat, timers) => {
    const { clock, server, messages, pass } = await connected({ client: { heartbeat } })
    server.send('a')
    // By then it has been of use.
    await pass(11_000)
    const before = clock.pending
    expect(before.length).toBe(timers)
    for (let i = 0; i < 100; i++) server.send('a', i)
    expect([messages.length, clock.pending]).toEqual([101, before])
  })
})
