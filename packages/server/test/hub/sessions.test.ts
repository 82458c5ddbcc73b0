import { inspect } from 'node:util'
import { settle } from '@statewire/testing'
import { createHub, memoryBackplanes } from '@statewire/server'
import { describe, expect, it } from 'vitest'
import { FakeLink, numbered, setupHub } from './links.ts'

function setup(options: Parameters<typeof setupHub>[0] = {}) {
  const ran: unknown[] = []
  const made = setupHub({ messages: { say: (data) => void ran.push(data) }, ...options })
  return { ...made, ran }
}

const cursorOf = (client: FakeLink) => client.of('sw.welcome')[0]!.sw!['cursor'] as { epoch: string; offset: number }

describe('sessions', () => {
  it('are welcomed with what the client needs to know', async () => {
    const { connect } = setup()
    const client = await connect()
    expect(client.told.map(({ type }) => type)).toEqual(['sw.announce', 'sw.welcome'])
    expect(client.told[1]!.sw).toEqual({
      v: 1,
      sid: client.sid,
      st: 'new',
      cursor: { epoch: expect.any(String), offset: 0 },
      ttlMs: 120_000,
      dedupeMs: 86_400_000,
      durable: false,
    })
  })

  it('get what was sent to them while they were away, once, in order', async () => {
    const { connect, hub } = setup()
    const first = await connect()
    const [client] = hub.clients
    await client!.send('direct', 1)
    await settle()
    expect(first.of('direct')).toEqual([{ type: 'direct', data: 1, sw: { c: '#', o: 1 } }])
    await first.drop()
    await client!.send('direct', 2)
    await client!.send('direct', 3)
    const second = await connect({ sid: first.sid, cursor: { ...cursorOf(first), offset: 1 } })
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'resumed', cursor: { offset: 1 } })
    expect(second.of('direct').map(({ data }) => data)).toEqual([2, 3])
  })

  it('find what was sent to them as long as they last, however short topics are kept', async () => {
    const { clock, connect, hub } = setup({ topics: { retention: { ttlMs: 1_000 } } })
    const first = await connect()
    const [client] = hub.clients
    await first.drop()
    await client!.send('direct', 1)
    clock.advance(119_000)
    const second = await connect({ sid: first.sid, cursor: cursorOf(first) })
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'resumed' })
    expect(second.of('direct')).toHaveLength(1)
  })

  it('F40 takeover: the link before is closed with 4009 at once, and what comes late on it is dropped', async () => {
    const { connect, hub, ran } = setup()
    const first = await connect()
    await first.say(numbered(1))
    first.polite = false
    const second = await connect({ sid: first.sid, cursor: cursorOf(first) })
    expect(first.closedWith).toEqual({ code: 4009, reason: 'taken over' })
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ sid: first.sid, st: 'resumed', rx: 1 })
    await first.say(numbered(2))
    expect(ran).toEqual(['m1'])
    await second.say(numbered(2))
    expect(ran).toEqual(['m1', 'm2'])
    expect(hub.metrics()).toMatchObject({ sessions: 1, takeovers: 1 })
  })

  it('F40 takeover waits for the message that is being worked on, which then is not sent again', async () => {
    let runs = 0
    const { clock, connect } = setup({
      messages: {
        slow: () => {
          runs++
          return new Promise((resolve) => void clock.schedule(1_000, () => resolve(undefined)))
        },
      },
    })
    const first = await connect()
    await first.say(numbered(1, 'slow'), numbered(2, 'slow'))
    const claiming = connect({ sid: first.sid })
    await settle()
    expect(first.closedWith?.code).toBe(4009)
    clock.advance(1_000)
    const second = await claiming
    await settle()
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ rx: 1 })
    expect(runs).toBe(1)
  })

  it('F41 two links that resume at once: exactly one has it', async () => {
    const { accept, connect, hub } = setup()
    const first = await connect()
    await first.drop()
    const hello = { type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, sid: first.sid, cursor: cursorOf(first) } }
    const links = [accept(), accept()]
    for (const link of links) link.link.frame(JSON.stringify(hello))
    await settle()
    expect(links.map(({ closedWith }) => closedWith?.code)).toEqual([4009, undefined])
    expect(hub.metrics().sessions).toBe(1)
  })

  it('F41 two links that resume at once, told in the other order: the later owner has it', async () => {
    const { env } = setup()
    const inner = memoryBackplanes({ env })()
    const answers: (() => void)[] = []
    const claim: typeof inner.claim = async (given) => {
      const claimed = await inner.claim(given)
      await new Promise<void>((resolve) => void (given.sid ? answers.push(resolve) : resolve()))
      return claimed
    }
    const { accept, connect } = setupHub({ backplane: { ...inner, claim }, env })
    const { sid } = await connect()
    const links = [accept(), accept()]
    for (const link of links) await link.say({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, sid } })
    for (const answer of answers.reverse()) {
      answer()
      await settle()
    }
    expect(links.map(({ closedWith }) => closedWith?.code)).toEqual([4009, undefined])
    expect(links[1]!.of('sw.welcome')).toHaveLength(1)
  })

  it('F39 and F40: resumed on another node, with the old link still open', async () => {
    const { clock, env } = setup()
    const node = memoryBackplanes({ env })
    const ran: string[] = []
    const [a, b] = ['a', 'b'].map((name) =>
      createHub({ env, backplane: node(), messages: { say: (data) => void ran.push(`${name} ${data as string}`) } }),
    )
    const join = async (hub: typeof a, sw: object) => {
      const client = new FakeLink()
      client.link = hub!.accept(client)
      await client.say({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, ...sw } })
      return client
    }
    const first = await join(a, {})
    await first.say(numbered(1))
    const { sid } = first.of('sw.welcome')[0]!.sw as { sid: string }
    const second = await join(b, { sid, cursor: cursorOf(first) })
    await settle()
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'resumed', rx: 1 })
    expect(first.closedWith?.code).toBe(4009)
    await first.say(numbered(2))
    await second.say(numbered(1), numbered(2))
    expect(ran).toEqual(['a m1', 'b m2'])
    const closing = Promise.all([a!.close(), b!.close()])
    await settle()
    clock.advance(5_000)
    await closing
  })

  it('F30 and F25: a server that has forgotten everything says so', async () => {
    const before = setup()
    const first = await before.connect()
    await first.say(numbered(1))
    const after = setup()
    const second = await after.connect({ sid: first.sid, cursor: cursorOf(first), tx: 2 })
    const { st, rx, sid, durable } = second.of('sw.welcome')[0]!.sw!
    expect({ st, rx, durable }).toEqual({ st: 'lost', rx: undefined, durable: false })
    expect(sid).toBe(second.sid)
    // It goes on where the client says that everything below is settled.
    await second.say(numbered(2))
    expect(second.acked).toBe(2)
  })

  it('F34 cannot be had while the store is down: come back later', async () => {
    const { connect, store } = setup()
    store.down = true
    const client = await connect()
    expect(client.of('sw.bye')[0]!.sw).toMatchObject({ retryMs: 1_000, spreadMs: 2_000 })
    expect(client.closedWith?.code).toBe(1013)
  })

  it('F153 claimed for a link that is gone by then leave nothing on the node', async () => {
    const { env } = setup()
    const inner = memoryBackplanes({ env })()
    let answer = (): void => {}
    const held = new Promise<void>((resolve) => void (answer = resolve))
    const claim: typeof inner.claim = (given) => held.then(() => inner.claim(given))
    const { connect, hub } = setupHub({ backplane: { ...inner, claim }, env })
    const client = await connect()
    await client.drop()
    answer()
    await settle()
    expect(client.of('sw.welcome')).toEqual([])
    expect(hub.metrics()).toMatchObject({ connections: 0, sessions: 0, topics: 0, subscriptions: 0 })
  })

  it('are secrets: no problem, metric or client shows their id', async () => {
    const { env } = setup()
    const inner = memoryBackplanes({ env })()
    const accept: typeof inner.accept = async ({ sid }) => {
      throw Object.assign(new Error('refused'), { command: { name: 'evalsha', args: [sid] } })
    }
    const told: unknown[] = []
    const { connect, hub } = setupHub({
      backplane: { ...inner, accept },
      env,
      onProblem: (problem) => told.push(problem),
    })
    const client = await connect()
    await client.say(numbered(1, 'say'))
    expect(told).toHaveLength(1)
    expect(inspect([told, hub.metrics(), ...hub.clients], { depth: 9 })).not.toContain(client.sid)
    expect([...hub.clients][0]!.id).not.toBe(client.sid)
  })

  it('live as long as their link does', async () => {
    const { clock, connect } = setup()
    const client = await connect()
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(60_000)
      await settle()
    }
    await client.say(numbered(1))
    expect(client.acked).toBe(1)
    await client.drop()
    clock.advance(119_000)
    const again = await connect({ sid: client.sid, cursor: cursorOf(client) })
    expect(again.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'resumed', rx: 1 })
    await again.drop()
    clock.advance(120_001)
    const late = await connect({ sid: client.sid, cursor: cursorOf(client) })
    expect(late.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'lost', rx: 1 })
  })

  it('F44 of a later version are not spoken, and unknown fields and messages are ignored', async () => {
    const { connect } = setup()
    const later = await connect({ v: 2 })
    expect(later.of('sw.welcome')).toEqual([])
    await later.say({ type: 'sw.hello', sw: { v: 1, cid: 'cid', tx: 1, later: true }, more: 1 }, { type: 'sw.later' })
    expect(later.of('sw.welcome')).toHaveLength(1)
    expect(later.closedWith).toBeUndefined()
  })

  it('end without a trace', async () => {
    const { clock, connect, hub } = setup()
    const before = clock.pending.length
    const client = await connect()
    await client.say({ type: 'sw.sub', sw: { subs: [{ id: 1, c: 'room' }] } }, numbered(1))
    await client.drop()
    expect(clock.pending).toHaveLength(before)
    expect(hub.metrics()).toMatchObject({ connections: 0, sessions: 0, topics: 0, subscriptions: 0 })
    const closing = hub.close()
    await settle()
    await closing
    expect(clock.pending).toEqual([])
  })
})
