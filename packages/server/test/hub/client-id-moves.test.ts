import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { numbered, setupHub } from './links.ts'

function setup() {
  const ran: unknown[] = []
  const made = setupHub({
    messages: {
      say: (data) => void ran.push(data),
      slow: (data) => {
        ran.push(data)
        return new Promise<void>((resolve) => void made.clock.schedule(1_000, resolve))
      },
    },
    requests: { get: () => 1 },
  })

  /** A page with a session of its own comes again under the client id of another page. */
  const adopt = async (cid: string, hello: object = {}) => {
    const own = await made.connect({ cid: 'own' })
    await own.drop()
    return made.connect({ cid, sid: own.sid, ...hello })
  }

  return { ...made, ran, adopt }
}

async function manySteps(): Promise<void> {
  for (let i = 0; i < 5; i++) await settle()
}

describe('a client id that moves to another session', () => {
  it('moves when the message that is being worked on is done, which then is not applied again', async () => {
    const { clock, connect, ran, adopt } = setup()
    const before = await connect({ cid: 'box' })
    await before.say(numbered(1, 'slow'))
    const adopting = adopt('box')
    await manySteps()
    expect(before.closedWith?.code).toBe(4009)
    clock.advance(1_000)
    const after = await adopting
    await settle()
    expect(after.of('sw.welcome')[0]!.sw).toMatchObject({ rx: 1 })
    await after.say(numbered(1, 'slow'), numbered(2))
    expect(ran).toEqual(['m1', 'm2'])
    expect(after.acked).toBe(2)
  })

  it('waits for that when the link before is gone as well', async () => {
    const { clock, connect, ran, adopt } = setup()
    const before = await connect({ cid: 'box' })
    await before.say(numbered(1, 'slow'))
    await before.drop()
    const adopting = adopt('box')
    await manySteps()
    clock.advance(1_000)
    const after = await adopting
    await settle()
    expect(after.of('sw.welcome')[0]!.sw).toMatchObject({ rx: 1 })
    expect(ran).toEqual(['m1'])
  })

  it('loses nothing to what the link before still says', async () => {
    const { connect, hub, adopt } = setup()
    const before = await connect({ cid: 'box' })
    before.polite = false
    const after = await adopt('box')
    await before.say({ type: 'get', sw: { n: 1, rq: true } })
    await after.say(numbered(1, 'important', { c: 'room' }))
    expect(after.acked).toBe(1)
    expect(await hub.publish('room', 'next')).toMatchObject({ offset: 2 })
  })
})
