import { afterEach, describe, expect, it } from 'vitest'
import { settle } from '../fakes/settle.ts'
import {
  createBench,
  initialState,
  type SetupSink,
  type SinkBench,
  type SinkContractCore,
  type SinkHarness,
  type SinkSetup,
} from './sink-harness.ts'

type Start = (wire: SinkSetup['wire']) => Promise<SinkBench>

/**
 * What every adapter's sink must do, driven through a real client over a fake server.
 *
 * @example
 * import * as core from '@statewire/core'
 * describeSinkContract('pinia', core, ({ client, wire, state }) => {
 *   const pinia = createPinia().use(piniaStatewire(client))
 *   …
 *   return { state: () => store.$state, changes: () => changes, subscribe: (listener) => store.$subscribe(listener), dispose: () => store.$dispose() }
 * })
 */
export function describeSinkContract(name: string, core: SinkContractCore, setup: SetupSink): void {
  describe(`${name} (sink contract)`, () => {
    const ends: (() => void)[] = []
    const start: Start = async (wire) => {
      const bench = await createBench(core, setup, wire)
      ends.push(
        () => bench.dispose(),
        () => bench.client.dispose(),
      )
      return bench
    }
    afterEach(() => {
      for (const end of ends.splice(0)) end()
    })
    describeFlush(core, start)
    describeFailures(core, start)
    describeRaw(core, start)
    describeReset(core, start)
    describeReplay(core, start, (harness) => ends.push(() => harness.dispose()))
    describeEnd(core, start)
  })
}

function describeFlush({ append, latest, upsert }: SinkContractCore, start: Start): void {
  it('lands a flush as one notification, whatever it holds', async () => {
    const bench = await start({
      last: latest('last'),
      point: append('series', { limit: 3 }),
      row: upsert('rows', { by: 'id' }),
      more: (state, messages) => ({ count: state.count + messages.length }),
    })
    bench.send(['last', 1], ['point', 1], ['row', { id: 'a' }], ['more'], ['last', 2], ['point', 2], ['more'])
    expect([bench.changesSince(), bench.state()]).toEqual([0, initialState()])
    await bench.paint()
    expect(bench.changesSince()).toBe(1)
    expect(bench.state()).toEqual({ ...initialState(), last: 2, series: [1, 2], rows: { a: { id: 'a' } }, count: 2 })
    bench.send(['last', 3])
    await bench.paint()
    expect(bench.changesSince()).toBe(2)
  })

  it('lands 1,000 messages of one frame as one notification', async () => {
    const bench = await start({ point: append('series', { limit: 300 }) })
    bench.send(...Array.from({ length: 1_000 }, (_, index) => ['point', index] as const))
    await bench.paint()
    expect(bench.changesSince()).toBe(1)
    expect(bench.state()).toMatchObject({ series: Array.from({ length: 300 }, (_, index) => 700 + index) })
  })

  it('keeps wire order among types that land in one place', async () => {
    const log = append('log', { limit: 10 })
    const bench = await start({ a: log, b: log })
    bench.send(['a', 1], ['b', 2], ['a', 3], ['a', 4], ['b', 5])
    await bench.paint()
    bench.send(['b', 6], ['a', 7])
    await bench.paint()
    expect(bench.state()).toMatchObject({ log: [1, 2, 3, 4, 5, 6, 7] })
  })

  it('notifies nobody of messages that land nowhere', async () => {
    const bench = await start({ last: latest('last') })
    bench.send(['unknown', 1], ['constructor', 2], ['__proto__', 3])
    await bench.paint()
    expect([bench.changesSince(), bench.state(), bench.problems()]).toEqual([0, initialState(), []])
  })

  it("lands what no other entry takes where '*' says", async () => {
    const bench = await start({ last: latest('last'), '*': append('log', { limit: 10 }) })
    bench.send(['last', 1], ['other', 2], ['another', 3])
    await bench.paint()
    expect(bench.state()).toEqual({ ...initialState(), last: 1, log: [2, 3] })
  })

  it('leaves what no rule touches as it is', async () => {
    const bench = await start({ last: latest('last') })
    const { untouched } = bench.state() as { untouched: unknown }
    bench.send(['last', 1])
    await bench.paint()
    expect((bench.state() as { untouched: unknown }).untouched).toBe(untouched)
  })

  it('keeps its state through a lost connection, and goes on after it', async () => {
    const bench = await start({ point: append('series', { limit: 10 }) })
    bench.send(['point', 1])
    await bench.paint()
    bench.fakes.server.stop()
    await settle()
    bench.fakes.server.start()
    bench.client.retryNow()
    await settle()
    expect([bench.changesSince(), bench.state()]).toEqual([1, { ...initialState(), series: [1] }])
    bench.send(['point', 2])
    await bench.paint()
    expect([bench.changesSince(), bench.state()]).toEqual([2, { ...initialState(), series: [1, 2] }])
  })
}

function describeFailures({ append, latest }: SinkContractCore, start: Start): void {
  it('leaves a rule that throws out, reports it, and lands the rest in the same notification', async () => {
    const bench = await start({
      bad: () => {
        throw new Error('a rule of the application')
      },
      last: latest('last'),
      point: append('series', { limit: 10 }),
    })
    bench.send(['last', 1], ['bad'], ['point', 1])
    await bench.paint()
    expect(bench.state()).toEqual({ ...initialState(), last: 1, series: [1] })
    expect([bench.changesSince(), bench.problems()]).toEqual([1, ['CALLBACK']])
    bench.send(['point', 2])
    await bench.paint()
    expect(bench.state()).toMatchObject({ series: [1, 2] })
  })

  it('outlives a subscriber that throws, and loses no later batch', async () => {
    const bench = await start({ point: append('series', { limit: 10 }) })
    let heard = 0
    bench.subscribe(() => {
      heard++
      throw new Error('a subscriber of the application')
    })
    for (const point of [1, 2, 3]) {
      bench.send(['point', point])
      await bench.paint()
    }
    expect([bench.state(), bench.changesSince(), heard]).toEqual([{ ...initialState(), series: [1, 2, 3] }, 3, 3])
    expect(new Set(bench.problems())).toEqual(new Set(['CALLBACK']))
    expect(bench.client.state.status).toBe('open')
  })

  it('reports a key that the store does not have, once, and lands the rest', async () => {
    const bench = await start({ stray: latest('missing' as 'last'), last: latest('last') })
    for (const value of [1, 2]) {
      bench.send(['stray', value], ['last', value])
      await bench.paint()
    }
    expect(bench.problems()).toEqual(['NO_TARGET'])
    expect(bench.state()).toEqual({ ...initialState(), last: 2 })
    expect(bench.changesSince()).toBe(2)
  })
}

function describeRaw({ append, latest, upsert }: SinkContractCore, start: Start): void {
  it('writes raw values: marked for Vue, the mark unseen by copies', async () => {
    const bench = await start({
      last: latest('last'),
      point: append('series', { limit: 10 }),
      row: upsert('rows', { by: 'id' }),
      own: (state, messages) => ({ log: [...state.log, ...messages] }),
    })
    bench.send(['last', { a: 1 }], ['point', { b: 2 }], ['row', { id: 'c' }], ['own', { d: 4 }])
    await bench.paint()
    const state = bench.state() as Readonly<Record<string, object>>
    for (const key of ['last', 'series', 'rows', 'log']) {
      const mark = Object.getOwnPropertyDescriptor(state[key], '__v_skip')
      expect([key, mark?.value, mark?.enumerable]).toEqual([key, true, false])
    }
  })

  it('keeps subscribers that look at everything out of what rules write', async () => {
    let reads = 0
    const watched = (value: unknown): object =>
      Object.defineProperty({}, 'value', { enumerable: true, get: () => (reads++, value) })
    const bench = await start({ own: (state, messages) => ({ log: [...state.log, ...messages.map(watched)] }) })
    let heard = 0
    bench.subscribe(() => heard++)
    bench.subscribeDeep?.()
    for (const value of [1, 2]) {
      bench.send(['own', value])
      await bench.paint()
    }
    expect([heard, reads]).toEqual([2, 0])
    expect(bench.state()).toMatchObject({ log: [{ value: 1 }, { value: 2 }] })
    expect(reads).toBeGreaterThan(0)
  })
}

function describeReset({ append, latest, upsert }: SinkContractCore, start: Start): void {
  it('puts the initial state back as one notification when the user signs out, and lands nothing of before', async () => {
    const bench = await start({
      last: latest('last'),
      point: append('series', { limit: 10 }),
      row: upsert('rows', { by: 'id' }),
    })
    bench.send(['last', 1], ['point', 1], ['row', { id: 'a' }])
    await bench.paint()
    bench.send(['last', 'of the old user'])
    bench.client.signOut()
    await bench.paint()
    expect([bench.state(), bench.changesSince()]).toEqual([initialState(), 2])
    await bench.client.connect()
    bench.send(['point', 2])
    await bench.paint()
    expect(bench.state()).toEqual({ ...initialState(), series: [2] })
  })

  it('puts the initial state back when another user signs in', async () => {
    const bench = await start({ last: latest('last') })
    bench.client.signIn('ann')
    await bench.client.connect()
    bench.send(['last', 1])
    await bench.paint()
    bench.client.signIn('ann')
    expect(bench.state()).toMatchObject({ last: 1 })
    bench.client.signIn('bob')
    expect(bench.state()).toEqual(initialState())
  })
}

function describeReplay({ append, latest }: SinkContractCore, start: Start, own: (harness: SinkHarness) => void): void {
  it('gives a store that is created later the last message of a type that is replayed', async () => {
    const bench = await start({ last: latest('last', { replay: true }), point: append('series', { limit: 10 }) })
    bench.send(['last', 1], ['last', 2], ['point', 3])
    await bench.paint()
    const later = await bench.another()
    own(later)
    await bench.paint()
    expect(later.state()).toEqual({ ...initialState(), last: 2 })
    expect(bench.changesSince()).toBe(1)
  })
}

function describeEnd({ append }: SinkContractCore, start: Start): void {
  const ways: readonly [string, (bench: SinkBench) => void][] = [
    ['the store', (bench) => bench.dispose()],
    ['the client', (bench) => bench.client.dispose()],
  ]
  it.each(ways)('commits nothing after %s has ended, waiting messages included', async (_, end) => {
    const bench = await start({ point: append('series', { limit: 10 }) })
    bench.send(['point', 1])
    await bench.paint()
    bench.send(['point', 2])
    end(bench)
    await bench.paint()
    for (const connection of bench.fakes.server.connections) connection.send('point', 3)
    await bench.paint()
    expect([bench.changesSince(), bench.problems()]).toEqual([1, []])
    expect(bench.fakes.frames.pending).toBe(0)
  })

  it('leaves the client to others when the store ends', async () => {
    const bench = await start({ point: append('series', { limit: 10 }) })
    const other = await bench.another()
    bench.dispose()
    bench.send(['point', 1])
    await bench.paint()
    expect(other.state()).toMatchObject({ series: [1] })
    expect(bench.client.state.status).toBe('open')
    other.dispose()
  })
}
