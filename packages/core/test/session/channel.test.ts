import { describe, expect, it } from 'vitest'
import type { Resync } from '../../src/session/index.ts'
import { ANNOUNCEMENT, codes, setup, WELCOME } from './setup.ts'

async function subscribed(topic = 'room') {
  const world = setup()
  const { client, welcome, control, sent, settle } = world
  await welcome()
  const channel = client.channel(topic)
  const seen: unknown[] = []
  const resyncs: Resync[] = []
  channel.on('resync', (resync) => resyncs.push(resync))
  const release = channel.subscribe(({ data }) => seen.push(data))
  await settle()
  const { subs } = sent().at(-1)!['sw'] as { subs: { id: number }[] }
  control('sw.subd', { id: subs[0]!.id, c: topic, st: 'new', cursor: { epoch: 'e1', offset: 10 } })
  const publish = (o: number, data: unknown = o): void => control('say', { c: topic, o }, { data })
  /** The wish that was sent last. */
  const wish = (): { id: number; cursor?: unknown } =>
    (sent().findLast(({ type }) => type === 'sw.sub')!['sw'] as { subs: { id: number }[] }).subs[0]!
  const reopen = async (): Promise<void> => {
    await world.drop()
    world.network.last.accept()
    world.network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', { ...WELCOME, st: 'resumed' })
    await settle()
  }
  return { ...world, channel, seen, resyncs, release, publish, wish, reopen }
}

describe('a channel', () => {
  it('shows the messages of its topic, also to wire and listeners, and says where they stand', async () => {
    const { channel, seen, publish, messages } = await subscribed()
    publish(11)
    publish(12)
    expect(seen).toEqual([11, 12])
    expect(messages.map(({ type, data }) => [type, data])).toEqual([
      ['say', 11],
      ['say', 12],
    ])
    expect(channel.cursor).toEqual({ epoch: 'e1', offset: 12 })
    expect(channel.status).toBe('subscribed')
  })

  it('F61 shows a message once', async () => {
    const { seen, publish } = await subscribed()
    publish(11)
    publish(11)
    publish(10)
    expect(seen).toEqual([11])
  })

  it('F62 asks once for what is missing, and shows everything in order', async () => {
    const { seen, publish, wish, control, settle, resyncs } = await subscribed()
    publish(11)
    publish(13)
    publish(14)
    await settle()
    expect(wish()).toMatchObject({ cursor: { epoch: 'e1', offset: 11 } })
    control('sw.subd', { id: wish().id, c: 'room', st: 'resumed', cursor: { epoch: 'e1', offset: 14 } })
    for (const o of [12, 13, 14, 15]) publish(o)
    expect(seen).toEqual([11, 12, 13, 14, 15])
    expect(resyncs).toEqual([])
  })

  it('F18 and F19: goes on after the last message it showed, wherever the link broke', async () => {
    const { seen, publish, wish, control, reopen, channel } = await subscribed()
    publish(11)
    await reopen()
    expect(channel.status).toBe('subscribing')
    expect(wish()).toMatchObject({ cursor: { epoch: 'e1', offset: 11 } })
    control('sw.subd', { id: wish().id, c: 'room', st: 'resumed', cursor: { epoch: 'e1', offset: 14 } })
    publish(12)
    await reopen()
    expect(wish()).toMatchObject({ cursor: { epoch: 'e1', offset: 12 } })
    control('sw.subd', { id: wish().id, c: 'room', st: 'resumed', cursor: { epoch: 'e1', offset: 14 } })
    publish(13)
    publish(14)
    expect(seen).toEqual([11, 12, 13, 14])
  })

  it.each([
    ['F30 the server has lost its memory', 'epoch', { epoch: 'e2', offset: 0 }],
    ['F36 the log was trimmed', 'trimmed', { epoch: 'e1', offset: 90 }],
    ['F63 the log went back', 'rollback', { epoch: 'e1', offset: 5 }],
  ])('%s: says so once, before the first message after the hole', async (_, why, cursor) => {
    const { publish, wish, control, reopen, resyncs, seen } = await subscribed()
    publish(11)
    await reopen()
    control('sw.subd', { id: wish().id, c: 'room', st: 'lost', why, cursor })
    expect(resyncs).toEqual([{ topic: 'room', why, cursor }])
    publish(cursor.offset + 1, 'after')
    expect(seen).toEqual([11, 'after'])
    expect(resyncs).toHaveLength(1)
  })

  it('tells of a gap on an open link', async () => {
    const { publish, control, resyncs, seen } = await subscribed()
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    publish(41)
    expect(resyncs).toMatchObject([{ why: 'slow' }])
    expect(seen).toEqual([41])
  })

  it('F119 subscribes once for all who ask, and unsubscribes with the last one', async () => {
    const { client, sent, release, clock, settle, channel } = await subscribed()
    expect(client.channel('room')).toBe(channel)
    const before = sent().length
    const other = client.channel('room').subscribe()
    release()
    clock.advance(0)
    await settle()
    expect(sent()).toHaveLength(before)
    other()
    other()
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room' } })
    expect(channel.status).toBe('idle')
  })

  it('F117 stays subscribed when the last one lets go and asks again within a task', async () => {
    const { sent, release, channel, clock } = await subscribed()
    const before = sent().length
    release()
    channel.subscribe()
    clock.advance(0)
    expect(sent()).toHaveLength(before)
    expect(channel.status).toBe('subscribed')
  })

  it('F120 ignores the answer to a wish that was withdrawn', async () => {
    const { wish, release, channel, clock, control, settle, seen, publish } = await subscribed()
    const { id } = wish()
    release()
    clock.advance(0)
    channel.subscribe(({ data }) => seen.push(data))
    await settle()
    control('sw.subd', { id, c: 'room', st: 'new', cursor: { epoch: 'e1', offset: 3 } })
    publish(4)
    expect(seen).toEqual([])
    control('sw.subd', { id: wish().id, c: 'room', st: 'new', cursor: { epoch: 'e1', offset: 20 } })
    publish(21)
    expect(seen).toEqual([21])
  })

  it('F121 asks for two hundred channels in four frames', async () => {
    const { client, welcome, sent } = setup()
    for (let i = 0; i < 200; i++) client.channel(`room:${i}`).subscribe()
    await welcome()
    const frames = sent().filter(({ type }) => type === 'sw.sub')
    expect(frames.map(({ sw }) => (sw as { subs: unknown[] }).subs.length)).toEqual([64, 64, 64, 8])
  })

  it('F89 one that is denied is over, and the others go on', async () => {
    const { client, channel, control, wish, problems, settle, reopen, sent } = await subscribed()
    const secret = client.channel('secret')
    secret.subscribe()
    await settle()
    control('sw.subd', { id: wish().id, c: 'secret', st: 'denied', why: 'not you' })
    expect([secret.status, channel.status]).toEqual(['denied', 'subscribed'])
    expect(codes(problems)).toEqual(['DENIED'])
    await reopen()
    const asked = sent().flatMap(({ sw }) => (sw as { subs?: { c: string }[] } | undefined)?.subs ?? [])
    expect(asked.map(({ c }) => c)).toEqual(['room'])
  })

  it('asks again when the server says later', async () => {
    const { client, control, wish, settle, clock, sent } = await subscribed()
    client.channel('busy').subscribe()
    await settle()
    const before = sent().length
    control('sw.subd', { id: wish().id, c: 'busy', st: 'retry', retryMs: 700 })
    clock.advance(699)
    await settle()
    expect(sent()).toHaveLength(before)
    clock.advance(1)
    await settle()
    expect(sent().at(-1)).toMatchObject({ type: 'sw.sub', sw: { subs: [{ c: 'busy' }] } })
  })

  it('publishes with a number, and resolves when the server has it', async () => {
    const { channel, control, sent } = await subscribed()
    const publishing = channel.publish('say', 'hi')
    expect(sent().at(-1)).toEqual({ type: 'say', data: 'hi', sw: { n: 1, c: 'room' } })
    control('sw.ack', { rx: 1 })
    await expect(publishing).resolves.toBeUndefined()
  })

  it('F114 a failing listener is reported, and the message counts as shown', async () => {
    const { channel, publish, problems, seen } = await subscribed()
    channel.on('message', () => {
      throw new Error('mine')
    })
    publish(11)
    expect(codes(problems)).toEqual(['CALLBACK'])
    expect([channel.cursor?.offset, seen]).toEqual([11, [11]])
  })

  it('F58 takes names of the language for topics like any other', async () => {
    const { seen, publish } = await subscribed('__proto__')
    publish(11)
    expect(seen).toEqual([11])
  })

  it.each(['', '#', 'a\u0000b', 'x'.repeat(256), 'ü'.repeat(128)])('refuses %j as a topic', async (topic) => {
    const { client } = setup()
    expect(() => client.channel(topic)).toThrow(/topic/)
  })

  it('F139 ten thousand components come and go: one subscription each time, and nothing is left', async () => {
    const { client, channel, release, clock, sent } = await subscribed()
    release()
    clock.advance(0)
    const [timers, frames] = [clock.pending.length, sent().length]
    for (let cycle = 0; cycle < 10_000; cycle++) {
      const stops = [channel.subscribe(() => {}), client.channel('room').subscribe(() => {})]
      for (const stop of stops) stop()
    }
    clock.advance(0)
    expect(channel.status).toBe('idle')
    expect(clock.pending).toHaveLength(timers)
    expect(sent().length - frames).toBeLessThan(3)
  })

  it('leaves no timer and no listener behind', async () => {
    const { channel, release } = await subscribed()
    release()
    channel.subscribe()
  })
})
