import { describe, expect, it } from 'vitest'
import { append, latest, type Missed } from '../../src/index.ts'
import { snapshot, type Snapshot } from '../../src/session/index.ts'
import { createStore } from '../binding/setup.ts'
import { ANNOUNCEMENT, codes, connected, WELCOME } from './setup.ts'

/** Loads that the test answers by hand. */
function createLoads() {
  const loads: { signal: AbortSignal; answer: (value: Snapshot<unknown>) => void; refuse: (cause: unknown) => void }[] =
    []
  const load = ({ signal }: { signal: AbortSignal }): Promise<Snapshot<unknown>> =>
    new Promise((answer, refuse) => loads.push({ signal, answer, refuse }))
  return { loads, load }
}

describe('a binding of a channel', () => {
  it('takes the messages of its topic only; those without a topic take all', async () => {
    const { client, grant, say, network } = await connected()
    const [room, lobby, all] = [createStore({ log: [] }), createStore({ log: [] }), createStore({ log: [] })]
    client.bind(room.sink, { say: append('log', { limit: 300 }) }, { channel: 'room' })
    client.bind(lobby.sink, { '*': append('log', { limit: 300 }) }, { channel: 'lobby' })
    client.bind(all.sink, { say: append('log', { limit: 300 }) })
    await grant('room')
    await grant('lobby')
    say('room', 11)
    say('lobby', 11, 'hi')
    network.last.receive({ type: 'say', data: 'plain' })
    expect([room.state, lobby.state, all.state]).toEqual([{ log: [11] }, { log: ['hi'] }, { log: [11, 'hi', 'plain'] }])
  })

  it('F119 shares one subscription, which ends one task after the last binding', async () => {
    const { client, grant, say, wishes, sent, clock } = await connected()
    const [one, two] = [createStore({ log: [] }), createStore({ log: [] })]
    const first = client.bind(one.sink, { say: append('log', { limit: 300 }) }, { channel: 'room' })
    const second = client.bind(two.sink, { say: append('log', { limit: 300 }) }, { channel: 'room' })
    await grant('room')
    say('room', 11)
    first.stop()
    first.stop()
    clock.advance(0)
    say('room', 12)
    expect([one.state, two.state, wishes().length]).toEqual([{ log: [11] }, { log: [11, 12] }, 1])
    second.stop()
    expect(sent().at(-1)).toMatchObject({ type: 'sw.sub' })
    clock.advance(0)
    expect(sent().at(-1)).toMatchObject({ type: 'sw.unsub', sw: { c: 'room' } })
  })

  it('subscribes to nothing when its wire is refused', async () => {
    const { client, settle, wishes } = await connected()
    const { sink } = createStore({ log: [] })
    expect(() => client.bind(sink, { say: 5 as never }, { channel: 'room' })).toThrow('wire.say')
    await settle()
    expect(wishes()).toEqual([])
  })

  it('replays the last message of its topic to a store that comes late', async () => {
    const { client, grant, say, network, settle } = await connected()
    const [one, two] = [createStore({ last: null }), createStore({ last: null })]
    client.bind(one.sink, { say: latest('last') }, { channel: 'room' })
    await grant('room')
    say('room', 11)
    network.last.receive({ type: 'say', data: 'plain' })
    client.bind(two.sink, { say: latest('last', { replay: true }) }, { channel: 'room' })
    await settle()
    expect(two.state).toEqual({ last: 11 })
  })

  it('tells the sink of a resync, and reports one that fails at it', async () => {
    const { client, grant, control, problems } = await connected()
    const resyncs: Missed[] = []
    const { sink } = createStore({ log: [] })
    client.bind(
      { ...sink, resync: (one) => void resyncs.push(one) },
      { say: append('log', { limit: 300 }) },
      { channel: 'room' },
    )
    const failing = (): never => {
      throw new Error('no')
    }
    client.bind({ ...sink, resync: failing }, { say: append('log', { limit: 300 }) }, { channel: 'room' })
    await grant('room')
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    expect(resyncs).toMatchObject([{ topic: 'room', why: 'slow' }])
    expect(codes(problems)).toEqual(['CALLBACK'])
  })

  it('is of no effect after the end of its client', async () => {
    const { client } = await connected()
    client.dispose()
    client.bind(createStore({ log: [] }).sink, { say: append('log', { limit: 300 }) }, { channel: 'room' }).stop()
  })
})

describe('a binding with a snapshot', () => {
  async function withSnapshot() {
    const world = await connected()
    const { loads, load } = createLoads()
    const store = createStore({ room: null, log: [] })
    const into = (_: unknown, [room]: readonly unknown[]) => ({ room, log: [] })
    const binding = world.client.bind(
      store.sink,
      { say: append('log', { limit: 300 }) },
      { channel: 'room', snapshot: snapshot({ load, into }) },
    )
    await world.grant('room')
    return { ...world, loads, store, binding }
  }

  it('lands the snapshot, then what is newer', async () => {
    const { loads, store, say, settle } = await withSnapshot()
    for (const o of [11, 12, 13]) say('room', o)
    expect(store.state).toEqual({ room: null, log: [] })
    loads[0]!.answer({ data: 'at 12', cursor: { epoch: 'e1', offset: 12 } })
    await settle()
    say('room', 14)
    expect(store.state).toEqual({ room: 'at 12', log: [13, 14] })
    expect(loads).toHaveLength(1)
  })

  it('loads again after a resync, and only the newest load counts', async () => {
    const { loads, store, say, settle, control } = await withSnapshot()
    control('sw.gap', { c: 'room', cursor: { epoch: 'e1', offset: 40 }, why: 'slow' })
    expect(loads.map(({ signal }) => signal.aborted)).toEqual([true, false])
    say('room', 41)
    loads[0]!.answer({ data: 'old' })
    await settle()
    expect(store.state).toEqual({ room: null, log: [] })
    loads[1]!.answer({ data: 'new', cursor: { epoch: 'e1', offset: 40 } })
    await settle()
    expect(store.state).toEqual({ room: 'new', log: [41] })
  })

  it('F62 does not take a snapshot that is older than what was held', async () => {
    const { loads, store, say, settle, clock } = await withSnapshot()
    say('room', 11)
    loads[0]!.answer({ data: 'stale', cursor: { epoch: 'e1', offset: 9 } })
    await settle()
    expect(store.state).toEqual({ room: null, log: [] })
    say('room', 12)
    clock.advance(1_000)
    loads[1]!.answer({ data: 'at 12', cursor: { epoch: 'e1', offset: 12 } })
    await settle()
    expect(store.state).toEqual({ room: 'at 12', log: [] })
  })

  it('reports a load that fails, and tries again after 1 s, then 2 s', async () => {
    const { loads, settle, clock, problems } = await withSnapshot()
    for (const delayMs of [1_000, 2_000]) {
      loads.at(-1)!.refuse(new Error('503'))
      await settle()
      const before = loads.length
      clock.advance(delayMs - 1)
      expect(loads).toHaveLength(before)
      clock.advance(1)
      expect(loads).toHaveLength(before + 1)
    }
    expect(codes(problems)).toEqual(['CALLBACK', 'CALLBACK'])
  })

  it.each([
    ['1,000 messages', 1_001, 'x'],
    ['1 MiB', 6, 'x'.repeat(100_000)],
  ])('holds %s at most, then loads again', async (_, count, data) => {
    const { loads, say, clock } = await withSnapshot()
    for (let o = 11; o < 10 + count; o++) say('room', o, data)
    expect(loads[0]!.signal.aborted).toBe(false)
    say('room', 10 + count, data)
    expect(loads[0]!.signal.aborted).toBe(true)
    clock.advance(1_000)
    expect(loads).toHaveLength(2)
  })

  it('loads anew for another user, once the topic is subscribed again', async () => {
    const { client, loads, store, network, control, grant, settle } = await withSnapshot()
    client.signIn('a')
    loads[0]!.answer({ data: 'of a' })
    await settle()
    client.signIn('b')
    expect(store.resets).toBe(1)
    expect(loads).toHaveLength(1)
    void client.connect()
    await settle()
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', WELCOME)
    await grant('room')
    loads[1]!.answer({ data: 'of b' })
    await settle()
    expect(store.state).toEqual({ room: 'of b', log: [] })
  })

  it('gives a load up when it is stopped, or its client is', async () => {
    const stopped = await withSnapshot()
    stopped.binding.stop()
    stopped.clock.advance(0)
    const disposed = await withSnapshot()
    disposed.client.dispose()
    expect([stopped.loads[0]!.signal.aborted, disposed.loads[0]!.signal.aborted]).toEqual([true, true])
    stopped.loads[0]!.answer({ data: 'late' })
    await stopped.settle()
    expect(stopped.store.commits).toEqual([])
  })
})
