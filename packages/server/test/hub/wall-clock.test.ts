import { describe, expect, it } from 'vitest'
import { numbered, setupHub } from './links.ts'

describe('a server whose clock is wrong', () => {
  it.each([3_600_000, -3_600_000])('F46 goes on when it is set by %i ms: only durations count', async (ms) => {
    const { clock, connect } = setupHub()
    const before = await connect()
    await before.say({ type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room' }] } })
    clock.jump(ms)
    await before.say(numbered(1, 'say', { c: 'room' }))
    expect(before.acked).toBe(1)
    expect(before.of('say').map(({ sw }) => sw)).toEqual([{ c: 'room', o: 1 }])
    await before.drop()
    clock.jump(-2 * ms)
    const after = await connect({ sid: before.sid, tx: 2, cursor: before.of('sw.welcome')[0]?.sw?.['cursor'] })
    expect(after.of('sw.welcome')[0]?.sw).toMatchObject({ sid: before.sid, st: 'resumed', rx: 1 })
  })
})
