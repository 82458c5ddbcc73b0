import { settle } from '@statewire/testing'
import { memoryBackplane, type Backplane, type Cursor, type NodeHandlers } from '@statewire/server'
import { describe, expect, it } from 'vitest'
import { FakeLink, numbered, setupHub } from './links.ts'

type Options = Parameters<typeof setupHub>[0]

const sub = (cursor?: object, id = 1, c = 'room') => ({ type: 'sw.sub', sw: { subs: [{ id, c, cursor }] } })
const news = (client: FakeLink) => client.of('news').map(({ data, sw }) => [data, sw!['o']])
const cursorOf = (client: FakeLink) => client.of('sw.subd').at(-1)!.sw!['cursor'] as Cursor

/** A backplane whose live publications and answers are in the hand of the test. */
function controlled() {
  const inner = memoryBackplane()
  let handlers: NodeHandlers
  const state = {
    deaf: false,
    /** Before, and after, history is read. */
    holdRead: undefined as Promise<void> | undefined,
    hold: undefined as Promise<void> | undefined,
  }
  const backplane: Backplane = {
    ...inner,
    open: (node, given) => {
      handlers = given
      return inner.open(node, {
        ...given,
        published: (...args) => (state.deaf ? undefined : given.published(...args)),
      })
    },
    history: async (...args) => {
      await state.holdRead
      const history = await inner.history(...args)
      await state.hold
      return history
    },
  }
  return Object.assign(state, { backplane, interrupted: () => handlers.interrupted() })
}

function setup(options: Options = {}) {
  const control = controlled()
  const made = setupHub({ backplane: control.backplane, ...options })
  const publish = async (...data: unknown[]) => {
    for (const one of data) await made.hub.publish('room', 'news', one)
    await settle()
  }
  return { ...made, control, publish }
}

describe('topics', () => {
  it('send what is published from the subscription on, with its place', async () => {
    const { connect, publish } = setup()
    await publish('before')
    const client = await connect()
    await client.say(sub())
    expect(client.of('sw.subd')[0]!.sw).toMatchObject({ id: 1, c: 'room', st: 'new', cursor: { offset: 1 } })
    await publish('a', 'b')
    expect(client.of('news')).toEqual([
      { type: 'news', data: 'a', sw: { c: 'room', o: 2 } },
      { type: 'news', data: 'b', sw: { c: 'room', o: 3 } },
    ])
  })

  it('write a publication once, and send the same text to all', async () => {
    const { connect, publish } = setup()
    const clients = [await connect({ cid: 'a' }), await connect({ cid: 'b' }), await connect({ cid: 'c' })]
    for (const client of clients) await client.say(sub())
    let written = 0
    await publish({ toJSON: () => `written ${++written}` })
    expect(written).toBe(1)
    expect(clients.map((client) => news(client))).toEqual(clients.map(() => [['written 1', 1]]))
  })

  it('F18 and F19: replay what was missed, wherever the cut was', async () => {
    const { connect, publish } = setup()
    const first = await connect()
    await first.say(sub())
    const { epoch } = cursorOf(first)
    await publish(1, 2, 3, 4)
    await first.drop()
    for (const offset of [0, 2, 4]) {
      const next = await connect({ sid: first.sid })
      await next.say(sub({ epoch, offset }))
      expect(next.of('sw.subd')[0]!.sw).toMatchObject({ st: 'resumed', cursor: { epoch, offset } })
      expect(news(next)).toEqual([1, 2, 3, 4].slice(offset).map((data) => [data, data]))
      await next.drop()
    }
  })

  it('F64 live messages during the replay come after it, once', async () => {
    const { connect, publish, control } = setup()
    await publish(1, 2)
    const client = await connect()
    const { top } = await control.backplane.history('room', undefined, { messages: 9, ttlMs: 9_999 })
    let release = (): void => {}
    control.hold = new Promise((resolve) => void (release = resolve))
    await client.say(sub({ epoch: top.epoch, offset: 0 }))
    await publish(3, 4)
    expect(news(client)).toEqual([])
    control.hold = undefined
    release()
    await settle()
    expect(news(client).map(([data]) => data)).toEqual([1, 2, 3, 4])
    await publish(5)
    expect(news(client).at(-1)).toEqual([5, 5])
  })

  it('F64 live messages that the replay has as well come once', async () => {
    const { connect, publish, control } = setup()
    const client = await connect()
    await client.say(sub())
    const cursor = cursorOf(client)
    await publish(1)
    let release = (): void => {}
    control.holdRead = new Promise((resolve) => void (release = resolve))
    const other = await connect({ cid: 'other' }).then(async (link) => (await link.say(sub(cursor)), link))
    await publish(2, 3)
    release()
    await settle()
    expect(news(other).map(([data]) => data)).toEqual([1, 2, 3])
    await publish(4)
    expect(news(other).map(([data]) => data)).toEqual([1, 2, 3, 4])
  })

  it('F64 two that read at once both get what came live after the reading began', async () => {
    const { connect, publish, control } = setup()
    const first = await connect()
    await first.say(sub())
    const cursor = cursorOf(first)
    await first.drop()
    await publish(1)
    const links = [await connect({ cid: 'a' }), await connect({ cid: 'b' })]
    let release = (): void => {}
    control.hold = new Promise((resolve) => void (release = resolve))
    await links[0]!.say(sub(cursor))
    await publish(2)
    await links[1]!.say(sub(cursor))
    control.hold = undefined
    release()
    await settle()
    expect(links.map((link) => news(link).map(([data]) => data))).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  it('F120 a subscription that is given up while its history is read is not answered', async () => {
    const { connect, publish, control } = setup()
    const client = await connect()
    await client.say(sub())
    const cursor = cursorOf(client)
    await client.say({ type: 'sw.unsub', sw: { id: 1, c: 'room' } })
    await publish(1)
    let release = (): void => {}
    control.hold = new Promise((resolve) => void (release = resolve))
    await client.say(sub(cursor, 2))
    await client.say({ type: 'sw.unsub', sw: { id: 2, c: 'room' } })
    release()
    await settle()
    expect(client.of('sw.subd')).toHaveLength(1)
    expect(news(client)).toEqual([])
  })

  it('F36 the history is shorter than the absence: told before anything new', async () => {
    const { connect, publish } = setup({ topics: { retention: { messages: 2 } } })
    const first = await connect()
    await first.say(sub())
    const cursor = cursorOf(first)
    await first.drop()
    await publish(1, 2, 3)
    const second = await connect({ sid: first.sid })
    await second.say(sub(cursor))
    await publish(4)
    expect(second.told.slice(2)).toMatchObject([
      { type: 'sw.subd', sw: { st: 'lost', cursor: { offset: 3 } } },
      { type: 'news', data: 4, sw: { o: 4 } },
    ])
  })

  it.each([
    ['F30 another epoch', { epoch: 'another', offset: 1 }],
    ['F35 a place beyond the end', { offset: 7 }],
  ])('%s is lost', async (_, given) => {
    const { connect, publish } = setup()
    await publish(1)
    const client = await connect()
    await client.say(sub())
    await client.say(sub({ ...cursorOf(client), ...given }, 2))
    expect(client.of('sw.subd').at(-1)!.sw).toMatchObject({ id: 2, st: 'lost', cursor: { offset: 1 } })
  })

  it('F62 a hole in what is live is filled from history, in order', async () => {
    const { connect, publish, control } = setup()
    const client = await connect()
    await client.say(sub())
    await publish(1)
    control.deaf = true
    await publish(2, 3)
    control.deaf = false
    await publish(4)
    expect(news(client).map(([data]) => data)).toEqual([1, 2, 3, 4])
    expect(client.of('sw.gap')).toEqual([])
  })

  it('F36 a hole that history does not hold any more is told, once, before the next message', async () => {
    const { connect, publish, control } = setup({ topics: { retention: { messages: 2 } } })
    const client = await connect()
    await client.say(sub())
    control.deaf = true
    await publish(1, 2, 3, 4)
    control.deaf = false
    await publish(5)
    expect(client.of('sw.gap').map(({ sw }) => sw)).toMatchObject([
      { c: 'room', why: 'trimmed', cursor: { offset: 5 } },
    ])
    await publish(6)
    expect(news(client)).toEqual([[6, 6]])
  })

  it('F50 what was missed while the store was silent comes when it is back, or at the next look', async () => {
    const { clock, connect, publish, control } = setup()
    const client = await connect()
    await client.say(sub())
    control.deaf = true
    await publish(1)
    control.interrupted()
    await settle()
    expect(news(client)).toEqual([[1, 1]])
    await publish(2)
    clock.advance(40_000)
    await settle()
    expect(news(client).at(-1)).toEqual([2, 2])
  })

  it('F50 reading that fails is tried again, less and less often', async () => {
    const { clock, connect, publish, control, store, problems } = setup()
    const client = await connect()
    await client.say(sub())
    control.deaf = true
    await publish(1)
    control.deaf = false
    const publishing = publish(2)
    store.down = true
    await publishing
    const reads = problems.length
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000)
      await settle()
    }
    expect(problems.length - reads).toBeLessThanOrEqual(6)
    store.down = false
    clock.advance(15_000)
    await settle()
    expect(news(client).map(([data]) => data)).toEqual([1, 2])
  })

  it('are published to by clients that may, with number and publication in one step', async () => {
    const { connect, hub } = setup({ authorize: ({ topic, action }) => action === 'subscribe' || topic === 'room' })
    const client = await connect()
    await client.say(sub())
    await client.say(
      numbered(1, 'news', { c: 'room' }),
      numbered(2, 'news', { c: 'other' }),
      numbered(3, 'news', { c: '#id' }),
    )
    await client.say(numbered(1, 'news', { c: 'room' }))
    expect(news(client)).toEqual([['m1', 1]])
    expect(client.nacks).toMatchObject([
      { n: 2, code: 'denied' },
      { n: 3, code: 'denied' },
    ])
    expect(client.acked).toBe(3)
    expect(hub.metrics().duplicates).toBe(1)
  })

  it('let nobody publish, and everybody subscribe, unless told otherwise', async () => {
    const { connect } = setup({ authorize: undefined as never })
    const client = await connect()
    await client.say(sub(), numbered(1, 'news', { c: 'room' }))
    expect(client.of('sw.subd')[0]!.sw).toMatchObject({ st: 'new' })
    expect(client.nacks).toMatchObject([{ n: 1, code: 'denied' }])
  })

  it('ask again later when nobody can say who may', async () => {
    const { connect, problems } = setup({
      authorize: () => {
        throw new Error('the rights are down')
      },
    })
    const client = await connect()
    await client.say(sub(), numbered(1, 'news', { c: 'room' }))
    expect(client.of('sw.subd')[0]!.sw).toEqual({ id: 1, c: 'room', st: 'retry', retryMs: 1_000 })
    expect(client.nacks).toMatchObject([{ n: 1, code: 'unavailable', retryMs: 1_500 }])
    expect(problems).toEqual(['authorize', 'authorize'])
  })

  it('F120 end with the wish that was last, and answer by its id', async () => {
    const { connect, publish, hub } = setup()
    const client = await connect()
    client.link.frame(JSON.stringify(sub()))
    client.link.frame(JSON.stringify({ type: 'sw.unsub', sw: { id: 1, c: 'room' } }))
    await client.say(sub(undefined, 2))
    expect(client.of('sw.subd').map(({ sw }) => sw!['id'])).toEqual([2])
    await client.say({ type: 'sw.unsub', sw: { id: 1, c: 'room' } })
    await publish(1)
    expect(news(client)).toEqual([[1, 1]])
    await client.say({ type: 'sw.unsub', sw: { id: 2, c: 'room' } })
    await publish(2)
    expect(news(client)).toHaveLength(1)
    // The private one is left.
    expect(hub.metrics()).toMatchObject({ topics: 1, subscriptions: 1 })
  })

  it('F149 are 128 for each client, with names of at most 255 bytes, and never private ones', async () => {
    const { connect, hub } = setup()
    const client = await connect()
    const other = await connect({ cid: 'other' })
    const subs = Array.from({ length: 200 }, (_, index) => ({ id: index + 1, c: `room-${index}` }))
    await client.say({ type: 'sw.sub', sw: { subs } })
    const answers = client.of('sw.subd').map(({ sw }) => sw!['st'])
    expect(answers.filter((st) => st === 'new')).toHaveLength(128)
    expect(answers.filter((st) => st === 'denied')).toHaveLength(72)
    await other.say(sub(undefined, 1, `#${client.sid}`))
    expect(other.of('sw.subd')[0]!.sw).toMatchObject({ st: 'denied' })
    for (const c of ['x'.repeat(256), 'é'.repeat(128), 'a\nb', '']) await other.say(sub(undefined, 2, c))
    await other.say({
      type: 'sw.sub',
      sw: { subs: Array.from({ length: 300 }, (_, id) => ({ id: id + 1, c: `${id}` })) },
    })
    expect(other.of('sw.error').map(({ sw }) => sw!['code'])).toEqual(Array(5).fill('malformed'))
    expect(hub.metrics().subscriptions).toBe(130)
  })

  it('F47 a message that cannot be written is refused to its sender, and harms nobody', async () => {
    const { connect, hub } = setup()
    const client = await connect()
    await client.say(sub())
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    await expect(hub.publish('room', 'news', cycle)).rejects.toMatchObject({ code: 'ENCODE' })
    await expect([...hub.clients][0]!.send('news', 1n)).rejects.toMatchObject({ code: 'ENCODE' })
    await expect(hub.publish('#x', 'news', 1)).rejects.toMatchObject({ code: 'INVALID_TOPIC' })
    await expect(hub.publish('room', 'sw.ack', 1)).rejects.toMatchObject({ code: 'INVALID_TYPE' })
    await hub.publish('room', 'news', 1)
    await settle()
    expect(news(client)).toEqual([[1, 1]])
  })
})
