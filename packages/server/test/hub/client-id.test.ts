import { describe, expect, it } from 'vitest'
import { numbered, setupHub } from './links.ts'

describe('a client id that another user knows', () => {
  it('F87 tells that user nothing, and lets nobody settle the numbers of the other', async () => {
    const { accept } = setupHub({ authenticate: (token) => ({ id: token }) })
    const join = async (token: string) => {
      const link = accept()
      await link.say({ type: 'auth', data: token }, { type: 'sw.hello', sw: { v: 1, cid: 'known', tx: 1 } })
      return link
    }
    const anna = await join('anna')
    await anna.say(numbered(1, 'say', { c: 'room' }))
    const bert = await join('bert')
    expect(bert.of('sw.welcome')[0]?.sw).not.toHaveProperty('rx', 1)
    await bert.say(numbered(1, 'say', { c: 'room' }), numbered(2, 'say', { c: 'room' }))
    await anna.say(numbered(2, 'say', { c: 'room' }))
    await anna.say({ type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room' }] } })
    expect(anna.closedWith).toBeUndefined()
    // All four are in the log: one and two of each.
    expect(anna.of('sw.subd')[0]?.sw).toMatchObject({ cursor: { offset: 4 } })
  })
})
