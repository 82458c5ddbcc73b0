import { settle } from '@statewire/testing'
import { parseAnnouncement } from '@statewire/core/protocol'
import type { User } from '@statewire/server'
import { describe, expect, it } from 'vitest'
import { setupHub } from './links.ts'

const auth = (data: unknown = 'ann') => ({ type: 'auth', data })
const hello = (sw: object = {}) => ({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, ...sw } })

function setup(options: Parameters<typeof setupHub>[0] = {}) {
  const asked: string[] = []
  const authenticate = (token: string): User | null => {
    asked.push(token)
    if (token === 'broken') throw new Error('the auth service is down')
    return token.startsWith('bad') ? null : { id: token.split(':')[0]! }
  }
  return { ...setupHub({ authenticate, ...options }), asked }
}

/** An authenticate whose answers are given by the test. */
function pending() {
  const answers: ((user: User | null) => void)[] = []
  const authenticate = () => new Promise<User | null>((resolve) => void answers.push(resolve))
  return { answers, ...setupHub({ authenticate }) }
}

describe('authentication', () => {
  it('accepts a token with an announcement, after which the link is a client', async () => {
    const { accept, hub } = setup()
    const client = accept()
    expect([...hub.clients]).toEqual([])
    await client.say(auth())
    const heartbeat = { mode: 'ping', everyMs: 25_000, withinMs: 10_000 }
    expect(client.told).toEqual([{ type: 'auth ok', sw: { v: [1], heartbeat, maxBytes: 65_536 } }])
    expect([...hub.clients].map(({ user }) => user.id)).toEqual(['ann'])
  })

  it('refuses a token with noAuth and 4401', async () => {
    const { accept, hub } = setup()
    for (const token of ['bad', 42, null]) {
      const client = accept()
      await client.say(auth(token))
      expect(client.told).toEqual([{ type: 'noAuth' }])
      expect(client.closedWith?.code).toBe(4401)
    }
    expect(hub.metrics()).toMatchObject({ connections: 0, authRefused: 3 })
  })

  it('F84 does not take its own failure for a refusal', async () => {
    const { accept, problems } = setup()
    const client = accept()
    await client.say(auth('broken'))
    expect(client.told).toEqual([])
    expect(client.closedWith?.code).toBe(1011)
    expect(problems).toEqual(['authenticate'])
  })

  it.each([
    [Infinity, undefined],
    [1500.5, 1_500],
    [0.5, 1],
    [0, 1],
    [-Infinity, 1],
    [1e300, Number.MAX_SAFE_INTEGER],
  ])('announces a token that is good for %s ms so that clients can read it: %s', async (tokenTtlMs, announced) => {
    const { accept, clock } = setupHub({ authenticate: () => ({ id: 'ann', tokenTtlMs }) })
    const client = accept()
    await client.say(auth())
    expect(parseAnnouncement(client.told[0]!.sw)).toMatchObject({ v: [1] })
    expect(client.told[0]!.sw!['tokenTtlMs']).toBe(announced)
    clock.advance(6_501)
    expect(client.closedWith?.code).toBe(announced === undefined || announced > 6_501 ? undefined : 4401)
  })

  it('lets nobody in whose token is good for a time that is no number', async () => {
    const { accept, problems } = setupHub({ authenticate: () => ({ id: 'ann', tokenTtlMs: NaN }) })
    const client = accept()
    await client.say(auth())
    expect(client.closedWith?.code).toBe(1011)
    expect(problems).toEqual(['authenticate'])
  })

  it('asks for no token where there is no authenticate, and announces itself first', async () => {
    const { accept } = setupHub()
    const client = accept()
    expect(client.told).toMatchObject([{ type: 'sw.announce', sw: { v: [1] } }])
    await client.say(auth())
    expect(client.told.at(-1)).toMatchObject({ type: 'auth ok' })
  })

  it('F143 a client that never authenticates is closed after 10 s with 4408', async () => {
    const { accept, clock, hub } = setup()
    const client = accept()
    await client.say({ type: 'heartCheck' }, { type: 'say', data: 1 })
    clock.advance(9_999)
    expect(client.closedWith).toBeUndefined()
    clock.advance(1)
    expect(client.closedWith?.code).toBe(4408)
    await settle()
    expect(hub.metrics()).toMatchObject({ connections: 0, authTimeouts: 1 })
  })

  it('F144 a second auth frame while the first is pending closes with 4429, without a session', async () => {
    const { accept, answers, hub } = pending()
    const client = accept()
    await client.say(auth(), hello(), auth('bob'))
    expect(client.closedWith?.code).toBe(4429)
    answers[0]!({ id: 'ann' })
    await settle()
    expect(answers).toHaveLength(1)
    expect(client.told).toEqual([])
    expect(hub.metrics()).toMatchObject({ connections: 0, sessions: 0, sessionsNew: 0 })
  })

  it('F153 a client that leaves while it is authenticated leaves nothing behind', async () => {
    const { accept, answers, clock, hub } = pending()
    const before = clock.pending.length
    const client = accept()
    await client.say(auth(), hello())
    await client.drop()
    answers[0]!({ id: 'ann' })
    await settle()
    expect(client.told).toEqual([])
    expect(hub.metrics()).toMatchObject({ connections: 0, sessions: 0, sessionsNew: 0, topics: 0 })
    expect(clock.pending).toHaveLength(before)
  })

  it('holds a hello that comes right behind the token', async () => {
    const { accept, answers } = pending()
    const client = accept()
    await client.say(auth(), hello(), hello({ cid: 'second' }))
    answers[0]!({ id: 'ann' })
    await settle()
    expect(client.told.map(({ type }) => type)).toEqual(['auth ok', 'sw.welcome'])
  })

  it('drops data that comes before the token is accepted', async () => {
    const ran: unknown[] = []
    const { accept } = setup({ messages: { say: (data) => void ran.push(data) } })
    const client = accept()
    await client.say({ type: 'say', data: 1 }, auth(), { type: 'say', data: 2 })
    expect(ran).toEqual([])
    await client.say({ type: 'say', data: 3 })
    expect(ran).toEqual([3])
  })
})

describe('a fresh token', () => {
  it('F82 is taken on the open link, and moves the time when it ends', async () => {
    const { accept, clock } = setupHub({
      authenticate: (token) => (token.startsWith('ann') ? { id: 'ann', tokenTtlMs: 60_000 } : null),
    })
    const client = accept()
    await client.say(auth('ann'), hello())
    await client.say(hello())
    expect(client.told[0]!.sw).toMatchObject({ tokenTtlMs: 60_000 })
    clock.advance(48_000)
    await client.say({ type: 'sw.auth', sw: { token: 'ann:2' } })
    expect(client.told.at(-1)).toEqual({ type: 'sw.authd', sw: { tokenTtlMs: 60_000 } })
    clock.advance(59_999)
    expect(client.of('sw.reauth')).toEqual([])
    clock.advance(1)
    expect(client.of('sw.reauth')).toHaveLength(1)
    clock.advance(5_000)
    expect(client.told.at(-1)).toEqual({ type: 'noAuth' })
    expect(client.closedWith?.code).toBe(4401)
  })

  it.each(['bad', 'bob'])('F83 that is refused, or of another user, ends the link: %s', async (token) => {
    const { accept } = setup()
    const client = accept()
    await client.say(auth())
    await client.say(hello())
    await client.say({ type: 'sw.auth', sw: { token } })
    expect(client.told.at(-1)).toEqual({ type: 'noAuth' })
    expect(client.closedWith?.code).toBe(4401)
  })

  it('that cannot be checked changes nothing', async () => {
    const { accept } = setup()
    const client = accept()
    await client.say(auth())
    await client.say(hello())
    await client.say({ type: 'sw.auth', sw: { token: 'broken' } })
    expect(client.told.at(-1)).toMatchObject({ type: 'sw.error', sw: { code: 'auth_failed' } })
    expect(client.closedWith).toBeUndefined()
  })

  it('F89 takes away what the user may no longer read', async () => {
    let allowed = ['a', 'b']
    const { accept } = setup({ authorize: ({ topic }) => allowed.includes(topic) })
    const client = accept()
    await client.say(auth())
    await client.say(hello())
    const subs = ['a', 'b', 'c'].map((c, index) => ({ id: index + 1, c }))
    await client.say({ type: 'sw.sub', sw: { subs } })
    const states = client.of('sw.subd').map(({ sw }) => [sw!['c'], sw!['st']])
    expect(Object.fromEntries(states)).toEqual({ a: 'new', b: 'new', c: 'denied' })
    allowed = ['a']
    await client.say({ type: 'sw.auth', sw: { token: 'ann' } })
    expect(client.of('sw.subd').slice(3)).toMatchObject([{ sw: { id: 2, c: 'b', st: 'denied' } }])
  })
})

describe('sessions', () => {
  it('F87 are resumed by their user only, and stay with the owner', async () => {
    const { accept } = setup()
    const ann = accept()
    await ann.say(auth())
    await ann.say(hello())
    const { sid } = ann.of('sw.welcome')[0]!.sw as { sid: string }
    const bob = accept()
    await bob.say(auth('bob'))
    await bob.say(hello({ sid, cid: 'bobs' }))
    const welcome = bob.of('sw.welcome')[0]!.sw!
    expect(welcome['st']).toBe('lost')
    expect(welcome['sid']).not.toBe(sid)
    expect(ann.closedWith).toBeUndefined()
  })
})
