import { settle } from '@statewire/testing'
import { ServerError } from '@statewire/server'
import { describe, expect, it } from 'vitest'
import { FakeLink, numbered, setupHub } from './links.ts'

function setup(options: Parameters<typeof setupHub>[0] = {}) {
  const ran: unknown[] = []
  const made = setupHub({ messages: { say: (data) => void ran.push(data) }, ...options })
  return { ...made, ran }
}

describe('numbered messages', () => {
  it('run in order, one at a time, and are acknowledged together', async () => {
    const { connect, ran } = setup()
    const client = await connect()
    await client.say(numbered(1), numbered(2), numbered(3))
    expect(ran).toEqual(['m1', 'm2', 'm3'])
    expect(client.of('sw.ack')).toEqual([{ type: 'sw.ack', sw: { rx: 3 } }])
  })

  it('are messages whatever their type, so that none blocks those behind it', async () => {
    const { connect, ran } = setup()
    const client = await connect()
    await client.say(numbered(1, 'heartCheck'), numbered(2, 'auth'), numbered(3))
    expect(client.of('sw.nack').map(({ sw }) => (sw as { n: number }).n)).toEqual([1, 2])
    expect([ran, client.acked]).toEqual([['m3'], 3])
  })

  it('wait for the asynchronous handler before', async () => {
    const order: string[] = []
    const { clock, connect } = setup({
      messages: {
        slow: () => new Promise<void>((resolve) => void clock.schedule(1_000, () => (order.push('slow'), resolve()))),
        fast: () => void order.push('fast'),
      },
    })
    const client = await connect()
    await client.say(numbered(1, 'fast'), numbered(2, 'slow'), numbered(3, 'fast'))
    // What is settled does not wait for what takes long.
    expect(client.acked).toBe(1)
    clock.advance(1_000)
    await settle()
    expect(order).toEqual(['fast', 'slow', 'fast'])
    expect(client.acked).toBe(3)
  })

  it('F147 a number that was accepted before is acknowledged and not applied again', async () => {
    const { connect, ran, hub } = setup()
    const client = await connect()
    await client.say(numbered(1), numbered(2))
    await client.say(numbered(1))
    expect(ran).toEqual(['m1', 'm2'])
    expect(client.of('sw.ack')).toHaveLength(2)
    expect(client.acked).toBe(2)
    expect(hub.metrics().duplicates).toBe(1)
  })

  it('F17 sent again after a cut before the acknowledgement are not applied again', async () => {
    const { connect, ran } = setup()
    const first = await connect()
    await first.say(numbered(1), numbered(2))
    await first.drop()
    const second = await connect({ sid: first.sid, tx: 1 })
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ rx: 2 })
    await second.say(numbered(1), numbered(2), numbered(3))
    expect(ran).toEqual(['m1', 'm2', 'm3'])
    expect(second.acked).toBe(3)
  })

  it('F148 a number that is ahead of its turn is refused with the expected one, and nothing is applied', async () => {
    const { clock, connect, ran } = setup()
    const client = await connect()
    await client.say(numbered(2), numbered(3))
    expect(ran).toEqual([])
    expect(client.nacks).toEqual([{ n: 2, code: 'gap', message: 'Number 1 is expected.', want: 1 }])
    clock.advance(1_000)
    await client.say(numbered(3))
    expect(client.nacks).toHaveLength(2)
    await client.say(numbered(1), numbered(2), numbered(3))
    expect(ran).toEqual(['m1', 'm2', 'm3'])
    expect(client.acked).toBe(3)
  })

  it.each([
    ['a publication', { c: 'room' }, 'encode', 0],
    ['a request', { rq: true }, 'failed', 1],
  ])('nested too deeply to be written: %s is refused, and the next one is taken', async (_, sw, code, told) => {
    const { connect, problems } = setup({ requests: { echo: (data) => data } })
    const client = await connect()
    const deep = '['.repeat(30_000) + ']'.repeat(30_000)
    await client.say(`{"type":"echo","data":${deep},"sw":${JSON.stringify({ n: 1, ...sw })}}`, numbered(2))
    const refusals = [...client.nacks, ...client.of('sw.reply').map((reply) => reply.sw!['error'])]
    expect(refusals).toMatchObject([{ code }])
    expect(problems).toHaveLength(told)
    expect(client.acked).toBe(2)
  })

  it('are refused when something throws that never should, and the next one is taken', async () => {
    const { connect, problems } = setup({
      messages: {
        odd: () => {
          throw new ServerError(404 as never, 'The code is no string.')
        },
        say: () => {},
      },
    })
    const client = await connect()
    await client.say(numbered(1, 'odd'), numbered(2))
    await client.say(numbered(3))
    expect(client.nacks).toMatchObject([{ n: 1, code: 'failed' }])
    expect(problems).toEqual(['handler'])
    expect(client.acked).toBe(3)
  })

  it('are taken on when a socket throws, which it must not', async () => {
    const { connect, problems } = setup()
    const client = await connect()
    client.send = (text) => {
      if (text.includes('sw.nack')) throw new Error('not open')
      FakeLink.prototype.send.call(client, text)
    }
    await client.say(numbered(1, 'unknown'), numbered(2))
    expect(client.acked).toBe(2)
    await client.say(numbered(3))
    expect(client.acked).toBe(3)
    expect(problems).toEqual(['handler'])
  })

  it('F133 are refused one by one, with what the handler says, and the rest goes on', async () => {
    const { connect, problems } = setup({
      messages: {
        say: (data) => {
          if (data === 'm2') throw new ServerError('sold_out', 'Gone.')
          if (data === 'm3') throw new Error('password=secret')
        },
      },
    })
    const client = await connect()
    await client.say(numbered(1), numbered(2), numbered(3), numbered(4, 'unknown'), numbered(5))
    expect(client.nacks).toEqual([
      { n: 2, code: 'sold_out', message: 'Gone.' },
      { n: 3, code: 'failed', message: 'The server failed on this message.' },
      { n: 4, code: 'unknown_type', message: 'The server has no handler for this type.' },
    ])
    expect(client.acked).toBe(5)
    expect(problems).toEqual(['handler'])
  })

  it('F34 are refused for now while the store is down, and never acknowledged', async () => {
    const { clock, connect, ran, store } = setup()
    const client = await connect()
    store.down = true
    await client.say(numbered(1), numbered(2))
    expect(client.nacks).toEqual([{ n: 1, code: 'unavailable', message: expect.any(String), retryMs: 1500 }])
    expect(client.acked).toBeUndefined()
    store.down = false
    clock.advance(1_500)
    await client.say(numbered(1), numbered(2))
    // The handler of the first had run already: only its number was left to store.
    expect(ran).toEqual(['m1', 'm2'])
    expect(client.acked).toBe(2)
  })

  it('F38 are applied once when the reply of the store is lost', async () => {
    const { connect, ran, store, hub } = setup()
    const client = await connect()
    store.lostReplies = 1
    await client.say(numbered(1))
    expect(client.nacks).toMatchObject([{ n: 1, retryMs: 1500 }])
    await client.say(numbered(1), numbered(2, 'news', { c: 'room' }))
    expect(ran).toEqual(['m1'])
    expect(client.acked).toBe(2)
    store.lostReplies = 1
    await client.say(numbered(3, 'news', { c: 'room' }))
    await client.say(numbered(3, 'news', { c: 'room' }))
    expect(client.acked).toBe(3)
    const end = await hub.publish('room', 'end')
    expect(end.offset).toBe(3)
  })

  it('are not applied again after a reconnect when only their number could not be stored', async () => {
    const { connect, ran, store } = setup()
    const first = await connect()
    store.down = true
    await first.say(numbered(1))
    store.down = false
    await first.drop()
    const second = await connect({ sid: first.sid })
    await second.say(numbered(1))
    expect(ran).toEqual(['m1'])
    expect(second.acked).toBe(1)
  })

  it('are settled without doing anything when they are given up', async () => {
    const { connect, ran } = setup()
    const client = await connect()
    await client.say(numbered(1), { type: 'sw.skip', sw: { n: 2 } }, numbered(3))
    expect(ran).toEqual(['m1', 'm3'])
    expect(client.acked).toBe(3)
  })

  it('that are given up after the store failed are not published by what was kept of them', async () => {
    const { connect, hub, store } = setup()
    const client = await connect()
    store.down = true
    await client.say(numbered(1, 'news', { c: 'room' }))
    store.down = false
    await client.say({ type: 'sw.skip', sw: { n: 1 } })
    expect(client.acked).toBe(1)
    expect((await hub.publish('room', 'end')).offset).toBe(1)
  })

  it('F152 a handler that never ends frees its place after 30 s, and the message is refused', async () => {
    const { clock, connect, ran, problems } = setup({
      messages: { hang: () => new Promise(() => {}), say: (data) => void ran.push(data) },
    })
    const client = await connect()
    await client.say(numbered(1, 'hang'), numbered(2))
    clock.advance(29_999)
    await settle()
    expect(client.nacks).toEqual([])
    clock.advance(1)
    await settle()
    expect(client.nacks).toMatchObject([{ n: 1, code: 'timeout' }])
    expect(client.acked).toBe(2)
    expect(problems).toEqual(['handler'])
  })

  it('F152 a handler that throws after the link is gone harms nobody', async () => {
    const { clock, connect, problems } = setup({
      messages: { late: () => new Promise((_, reject) => void clock.schedule(100, () => reject(new Error('late')))) },
    })
    const client = await connect()
    await client.say(numbered(1, 'late'), { type: 'late' })
    await client.drop()
    clock.advance(100)
    await settle()
    expect(problems).toEqual(['handler', 'handler'])
    const next = await connect({ sid: client.sid })
    expect(next.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'lost', rx: 1 })
  })

  it('F58 of types that objects inherit have no handler', async () => {
    const { connect } = setup()
    const client = await connect()
    await client.say(numbered(1, 'constructor'), numbered(2, '__proto__'))
    expect(client.nacks).toMatchObject([{ code: 'unknown_type' }, { code: 'unknown_type' }])
  })

  it('F75 that are no positive safe integers are bad frames', async () => {
    const { connect } = setup()
    const client = await connect()
    const frames = ['-1', '0', '1.5', '9007199254740993', '1e309', '"1"', 'null']
    await client.say(...frames.map((n) => `{"type":"say","data":1,"sw":{"n":${n}}}`))
    expect(client.of('sw.error').map(({ sw }) => sw?.['code'])).toEqual(frames.map(() => 'malformed'))
    expect(client.nacks).toEqual([])
  })
})

describe('requests', () => {
  const ask = (n: number, type = 'add') => ({ type, data: [1, 2], sw: { n, rq: true } })
  const requests = {
    add: (data: unknown) => (data as number[]).reduce((sum, one) => sum + one, 0),
    fail: () => {
      throw new ServerError('no_chart', 'There is "sw":{ no such chart.')
    },
    odd: () => () => {},
  }

  it('are answered on the private topic, and acknowledged after the reply is stored', async () => {
    const { connect } = setup({ requests })
    const client = await connect()
    await client.say(ask(1))
    const [reply] = client.of('sw.reply')
    expect(reply).toEqual({ type: 'sw.reply', data: 3, sw: { c: '#', o: 1, re: 1 } })
    expect(client.told.at(-1)).toEqual({ type: 'sw.ack', sw: { rx: 1 } })
  })

  it('are answered with the error of the handler, or with one that hides what happened', async () => {
    const { connect } = setup({ requests })
    const client = await connect()
    await client.say(ask(1, 'fail'), ask(2, 'odd'), ask(3, 'none'))
    const replies = client.of('sw.reply')
    const told = { code: 'no_chart', message: 'There is "sw":{ no such chart.' }
    expect(replies[0]).toEqual({ type: 'sw.reply', sw: { c: '#', o: 1, re: 1, error: told } })
    expect(replies.map(({ sw }) => (sw!['error'] as { code: string }).code)).toEqual([
      'no_chart',
      'failed',
      'unknown_type',
    ])
    expect(client.acked).toBe(3)
  })

  it('are answered on the next link when the first is gone', async () => {
    const { clock, connect } = setup({
      requests: { later: () => new Promise((resolve) => void clock.schedule(500, () => resolve('done'))) },
    })
    const first = await connect()
    const cursor = first.of('sw.welcome')[0]!.sw!['cursor']
    await first.say(ask(1, 'later'))
    await first.drop()
    const resuming = connect({ sid: first.sid, cursor })
    await settle()
    clock.advance(500)
    const second = await resuming
    await settle()
    expect(second.of('sw.welcome')[0]!.sw).toMatchObject({ st: 'resumed', rx: 1 })
    expect(second.of('sw.reply')).toEqual([{ type: 'sw.reply', data: 'done', sw: { c: '#', o: 1, re: 1 } }])
  })
})
