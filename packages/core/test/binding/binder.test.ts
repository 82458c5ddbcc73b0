import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { append } from '../../src/binding/rules/append.ts'
import { latest } from '../../src/binding/rules/latest.ts'
import type { Binding, Sink } from '../../src/binding/sink.ts'
import { callTo, createBinderSetup as setup, createStore } from './setup.ts'

const log = () => append('log', { limit: 5_000 })
const inTurn = [
  ['a', 1],
  ['b', 2],
  ['a', 3],
  ['b', 4],
] as const

describe('Binder', () => {
  it('commits once for each store and flush, in wire order', () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [] })
    const two = createStore({ log: [], last: null })
    binder.bind(one.sink, { a: log(), b: log() })
    binder.bind(two.sink, { b: [log(), latest('last')] })
    for (const [type, data] of inTurn) send(type, data)
    expect([one.commits, two.commits]).toEqual([[], []])
    frames.paint()
    expect([one.commits, two.commits]).toEqual([[{ log: [1, 2, 3, 4] }], [{ log: [2, 4], last: 4 }]])
  })

  it('keeps of a type of which only the newest message can be seen no other one', () => {
    const { binder, frames, send } = setup()
    const messages: unknown[] = []
    const store = createStore({ log: [], last: null }, { onCommit: (batch) => messages.push(batch.messages) })
    binder.bind(store.sink, { a: latest('last'), b: log() })
    for (const [type, data] of inTurn) send(type, data)
    frames.paint()
    send('a', 5)
    frames.paint()
    expect(messages).toEqual([
      [
        { type: 'a', data: 3 },
        { type: 'b', data: 2 },
        { type: 'b', data: 4 },
      ],
      [{ type: 'a', data: 5 }],
    ])
    expect(store.commits).toEqual([{ log: [2, 4], last: 3 }, { last: 5 }])
  })

  it('keeps the order of what arrives during a flush, of types of which only the newest counts too', () => {
    const { binder, frames, send } = setup()
    const two = createStore({ log: [], last: 0 })
    const first = (): void => {
      if (one.commits.length > 1) return
      send('b', 'later')
      send('a', 2)
    }
    const one = createStore({ log: [] }, { onCommit: first })
    binder.bind(one.sink, { b: log() })
    binder.bind(two.sink, { a: latest('last'), b: log() })
    send('b', 'now')
    send('a', 1)
    frames.paint()
    expect(two.commits).toEqual([{ log: ['now'], last: 1 }])
    frames.paint()
    expect(two.commits.slice(1)).toEqual([{ log: ['now', 'later'], last: 2 }])
  })

  it('loses nothing of a type of which only the newest counts when it arrives during a flush and after it', () => {
    const { binder, frames, send } = setup()
    const two = createStore({ log: [], last: 0 })
    const one = createStore({ log: [] }, { onCommit: () => void (one.commits.length === 1 && send('a', 2)) })
    binder.bind(one.sink, { b: log() })
    binder.bind(two.sink, { a: latest('last'), b: log() })
    send('b', 'now')
    send('a', 1)
    frames.paint()
    send('a', 3)
    frames.paint()
    expect(two.commits).toEqual([{ log: ['now'], last: 1 }, { last: 3 }])
  })

  it('says whether anybody takes a type', () => {
    const { binder, frames, send } = setup()
    expect(send('a')).toBe(false)
    const binding = binder.bind(createStore({ log: [] }).sink, { a: log(), ignored: [] })
    expect([send('a'), send('b'), send('ignored'), send('toString')]).toEqual([true, false, true, false])
    const rest = binder.bind(createStore({ log: [] }).sink, { '*': log() })
    expect([send('a'), send('b'), send('toString'), send('__proto__')]).toEqual([true, true, true, true])
    rest.stop()
    expect([send('a'), send('b')]).toEqual([true, false])
    binding.stop()
    expect(send('a')).toBe(false)
    frames.paint()
  })

  it("gives '*' only what has no entry of its own in the same wire", () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [], last: null })
    const two = createStore({ log: [] })
    binder.bind(one.sink, { a: latest('last'), '*': log(), ignored: [] })
    binder.bind(two.sink, { '*': log() })
    for (const [index, type] of ['a', 'b', 'ignored', '*'].entries()) send(type, index)
    frames.paint()
    expect([one.state, two.state]).toEqual([{ last: 0, log: [1, 3] }, { log: [0, 1, 2, 3] }])
  })

  it('leaves messages that arrive during a flush to the next one, for every store', () => {
    const { binder, frames, send } = setup()
    const two = createStore({ log: [] })
    const one = createStore({ log: [] }, { onCommit: () => void (one.commits.length === 1 && send('a', 2)) })
    binder.bind(one.sink, { a: log() })
    binder.bind(two.sink, { a: log() })
    send('a', 1)
    frames.paint()
    expect([one.state, two.state]).toEqual([{ log: [1] }, { log: [1] }])
    frames.paint()
    expect([one.state, two.state]).toEqual([{ log: [1, 2] }, { log: [1, 2] }])
  })

  it('lands 1,000 messages of one frame as one commit', () => {
    const { binder, frames, send } = setup()
    const store = createStore({ dd: [], dindex: 0 })
    binder.bind(store.sink, { a: append('dd', { limit: 300, count: 'dindex' }) })
    for (let i = 0; i < 1_000; i++) send('a', i)
    frames.paint()
    expect(store.commits.length).toBe(1)
    expect(store.state).toEqual({ dd: Array.from({ length: 300 }, (_, i) => 700 + i), dindex: 1_000 })
  })

  it('isolates a commit that throws, and lands the rest', () => {
    const { binder, frames, send, problems } = setup()
    const bad = createStore({ log: [] }, { name: 'bad', onCommit: () => fail('no') })
    const good = createStore({ log: [] })
    binder.bind(bad.sink, { a: [log(), callTo('ring')] })
    binder.bind(good.sink, { a: log() })
    send('a', 1)
    frames.paint()
    expect(good.state).toEqual({ log: [1] })
    expect(bad.calls).toEqual([['ring', 1]])
    expect(problems).toMatchObject([
      { code: 'CALLBACK', details: { where: 'commit of store "bad"' }, cause: { message: 'no' } },
    ])
    send('a', 2)
    frames.paint()
    expect(good.state).toEqual({ log: [1, 2] })
  })

  it('reports a failing rule once in each flush, after the commit', () => {
    const { binder, frames, send, codes } = setup()
    const seen: string[][] = []
    const look = (batch: { apply(state: object): object }): void => {
      batch.apply({ log: [] })
      seen.push(codes())
    }
    const store = createStore({ log: [] }, { onCommit: look })
    binder.bind(store.sink, { a: [() => fail('no'), log()] })
    for (let flush = 0; flush < 2; flush++) {
      send('a', 1)
      send('a', 2)
      frames.paint()
    }
    expect(store.state).toEqual({ log: [1, 2, 1, 2] })
    expect([seen, codes()]).toEqual([
      [[], ['CALLBACK']],
      ['CALLBACK', 'CALLBACK'],
    ])
  })

  it('reports a key that a store does not have once for each binding', () => {
    const { binder, frames, send, codes } = setup()
    for (const name of ['one', 'two']) binder.bind(createStore({ x: 0 }, { name }).sink, { a: latest('nope') })
    for (let i = 0; i < 3; i++) {
      send('a', i)
      frames.paint()
    }
    expect(codes()).toEqual(['NO_TARGET', 'NO_TARGET'])
  })

  it('commits nothing for messages that only call', () => {
    const { binder, frames, send } = setup()
    const store = createStore({ log: [] })
    binder.bind(store.sink, { a: callTo('ring'), b: log() })
    send('a', 1)
    frames.paint()
    expect([store.commits, store.calls]).toEqual([[], [['ring', 1]]])
  })

  it('hands a batch the messages that rules take, as they came', () => {
    const { binder, frames, send } = setup()
    const batches: unknown[] = []
    const store = createStore({ log: [] }, { onCommit: ({ messages }) => batches.push(messages) })
    binder.bind(store.sink, { a: log(), b: callTo('ring'), '*': log() })
    for (const [index, type] of ['a', 'b', 'c'].entries()) send(type, index)
    frames.paint()
    expect(batches).toEqual([
      [
        { type: 'a', data: 0 },
        { type: 'c', data: 2 },
      ],
    ])
  })

  it('holds 200 stores and 1,000 types apart', () => {
    const { binder, frames, send } = setup({ everyMs: 10 })
    const stores = Array.from({ length: 200 }, () => createStore({ log: [] }))
    stores.forEach(({ sink }, index) => binder.bind(sink, { [`type${index}`]: log() }))
    for (let i = 0; i < 1_000; i++) send(`type${i}`, i)
    frames.paint()
    binder.deliver({ type: 'type0', data: 'big' }, 9_000_000)
    expect(stores.map(({ state }) => state['log'])).toEqual(stores.map((_, i) => (i === 0 ? [0, 'big'] : [i])))
  })

  it('rejects a wire that the sink cannot serve', () => {
    const { binder } = setup()
    const sink: Sink = { name: 'plain', commit() {}, reset() {} }
    expect(() => binder.bind(sink, { a: callTo('ring') })).toThrow('"wire.a"')
    expect(() => binder.bind(sink, { '*': [callTo('ring')] })).toThrow('"wire.*"')
    expect(() => binder.bind(sink, { a: 1 as unknown as [] })).toThrow('"wire.a"')
  })
})

describe('calls', () => {
  it('run after the commit, in wire order, once for each message or once with all', () => {
    const { binder, frames, send } = setup()
    const order: unknown[] = []
    const store = createStore(
      { log: [] },
      { onCommit: () => order.push('commit'), onCall: ({ call }, data) => order.push([call, data]) },
    )
    binder.bind(store.sink, {
      a: [callTo('each'), log()],
      b: callTo('all', true),
      '*': [callTo('rest'), callTo('restAll', true)],
    })
    for (const [index, type] of ['a', 'b', 'x', 'b', 'a', 'y'].entries()) send(type, index)
    frames.paint()
    expect(order).toEqual([
      'commit',
      ['each', 0],
      ['rest', 2],
      ['all', [1, 3]],
      ['each', 4],
      ['rest', 5],
      ['restAll', [2, 5]],
    ])
  })

  it('F114 are isolated from each other, rejections included', async () => {
    const { binder, frames, send, problems } = setup()
    const store = createStore(
      {},
      {
        onCall: ({ call }) => {
          if (call === 'throws') fail('now')
          if (call === 'rejects') return Promise.reject(new Error('later'))
          return undefined
        },
      },
    )
    binder.bind(store.sink, { a: [callTo('throws'), callTo('rejects'), callTo('fine')] })
    send('a', 1)
    frames.paint()
    await settle()
    expect(store.calls.map(([call]) => call)).toEqual(['throws', 'rejects', 'fine'])
    expect(problems).toMatchObject([
      { code: 'CALLBACK', details: { where: 'action "throws" of store "monitor"' }, cause: { message: 'now' } },
      { code: 'CALLBACK', details: { where: 'action "rejects" of store "monitor"' }, cause: { message: 'later' } },
    ])
  })

  it('end with the binding, from inside the commit and from inside a call', () => {
    for (const from of ['commit', 'call']) {
      const { binder, frames, send } = setup()
      const stop = (): void => binding.stop()
      const store = createStore({ log: [] }, from === 'commit' ? { onCommit: stop } : { onCall: stop })
      const binding: Binding = binder.bind(store.sink, { a: [log(), callTo('ring')] })
      send('a', 1)
      send('a', 2)
      frames.paint()
      expect([store.commits.length, store.calls.length]).toEqual(from === 'commit' ? [1, 0] : [1, 1])
    }
  })
})

describe('replay', () => {
  const wire = { a: [latest('last', { replay: true }), log(), callTo('ring')], b: latest('other') }

  it('gives a store that is bound later the last message, to the rules that ask for it', () => {
    const { binder, frames, send } = setup()
    for (const [type, data] of [
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ] as const)
      send(type, data)
    const store = createStore({ last: null, other: null, log: [] })
    binder.bind(store.sink, wire)
    expect(store.commits).toEqual([])
    frames.paint()
    expect([store.commits, store.calls]).toEqual([[{ last: 2 }], []])
    frames.paint()
    expect(store.commits.length).toBe(1)
  })

  it('comes before what arrives after it, in the same flush', () => {
    const { binder, frames, send } = setup()
    send('a', 1)
    const store = createStore({ log: [] })
    const replayed = Object.assign(log(), { replay: true })
    binder.bind(store.sink, { a: replayed })
    send('a', 2)
    frames.paint()
    expect(store.commits).toEqual([{ log: [1, 2] }])
  })

  it('keeps the order in which the types last came', () => {
    const { binder, frames, send } = setup()
    for (const [type, data] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['a', 4],
    ] as const)
      send(type, data)
    const store = createStore({ log: [] })
    const replayed = Object.assign(log(), { replay: true })
    binder.bind(store.sink, { a: replayed, b: replayed, '*': replayed })
    frames.paint()
    expect(store.state).toEqual({ log: [2, 3, 4] })
  })

  it('lands soon, never inside bind, where messages land at once', async () => {
    const { binder, send } = setup('sync')
    send('a', 1)
    const store = createStore({ last: null, other: null, log: [] })
    binder.bind(store.sink, wire)
    expect(store.commits).toEqual([])
    await settle()
    expect(store.commits).toEqual([{ last: 1 }])
  })

  it('shows a message to nobody once the problem that it causes has led to a reset', () => {
    const { binder, frames, send } = setup('frame', { report: () => binder.reset() })
    const stores = [createStore({ log: [] }), createStore({ log: [] })]
    const [first] = stores.map(({ sink }) => binder.bind(sink, { a: Object.assign(log(), { replay: true }) }))
    first!.pause()
    for (let i = 0; i <= 1_000; i++) send('a', i)
    first!.resume()
    stores.push(createStore({ log: [] }))
    binder.bind(stores[2]!.sink, { a: Object.assign(log(), { replay: true }) })
    frames.paint()
    expect(stores.map(({ resets, state }) => [resets, state['log']])).toEqual([
      [1, []],
      [1, []],
      [0, []],
    ])
  })

  it('shows a message to nobody once what was held before it has led to a reset', () => {
    const read = (): undefined => binder.reset() as undefined
    const { binder, frames, send } = setup('frame', { read })
    const store = createStore({ last: 0 })
    binder.bind(store.sink, { a: latest('last') })
    send('a', 1)
    frames.paint()
    binder.hold('a', '{broken}', 8)
    send('a', 2)
    frames.paint()
    expect([store.commits, store.state]).toEqual([[{ last: 1 }], { last: 0 }])
  })

  it('forgets on reset, and gives nothing of a message nobody may see any more', () => {
    const { binder, frames, send } = setup()
    send('a', 1)
    binder.reset()
    const store = createStore({ last: null, other: null, log: [] })
    binder.bind(store.sink, wire)
    frames.paint()
    expect(store.commits).toEqual([])
  })

  it('remembers the last 1,000 types and 4 MiB, and at twice as many forgets what it has not met for longest', () => {
    const replayed = (types: readonly string[], { binder, frames }: ReturnType<typeof setup>): unknown[] => {
      const store = createStore({ log: [] })
      const rule = Object.assign(log(), { replay: true })
      const binding = binder.bind(store.sink, Object.fromEntries(types.map((type) => [type, rule])))
      frames.paint()
      binding.stop()
      return store.state['log'] as unknown[]
    }
    const many = setup()
    for (let i = 0; i <= 1_500; i++) many.send(`type${i}`, i)
    many.send('type1', 'again')
    for (let i = 1_501; i <= 2_002; i++) many.send(`type${i}`, i)
    expect(replayed(['type0', 'type1', 'type999', 'type1000', 'type2002'], many)).toEqual([1_000, 'again', 2_002])

    const held = setup()
    held.binder.bind(createStore({ last: 0 }).sink, { ticker: latest('last') })
    held.send('ticker')
    for (let i = 0; i < 1_000; i++) held.send(`type${i}`, i)
    held.binder.hold('ticker', '{"type":"ticker"}', 17)
    for (let i = 1_000; i < 2_000; i++) held.send(`type${i}`, i)
    expect(replayed(['type1000', 'type1998'], held)).toEqual([1_000, 1_998])

    const big = setup()
    for (let i = 0; i < 5; i++) big.send(`type${i}`, i, 1_048_576)
    expect(replayed(['type0', 'type4'], big)).toEqual([0, 4])
    big.send('type4', 'new', 4_194_304)
    expect(replayed(['type3', 'type4'], big)).toEqual([3, 'new'])
    big.send('type5', 5, 1)
    expect(replayed(['type3', 'type4', 'type5'], big)).toEqual(['new', 5])
    big.send('type4', 'beyond', 4_194_305)
    expect(replayed(['type4', 'type5'], big)).toEqual([5])
  })
})

describe('a binding', () => {
  it('holds messages back while paused, those that wait included, and lands them in one commit', () => {
    const { binder, frames, send } = setup()
    const store = createStore({ log: [] })
    const other = createStore({ log: [] })
    const binding = binder.bind(store.sink, { a: log() })
    binder.bind(other.sink, { a: log() })
    send('a', 1)
    binding.pause()
    binding.pause()
    send('a', 2)
    frames.paint()
    expect([store.commits, other.state]).toEqual([[], { log: [1, 2] }])
    binding.resume()
    send('a', 3)
    frames.paint()
    expect(store.commits).toEqual([{ log: [1, 2, 3] }])
    binding.resume()
    expect(frames.pending).toBe(0)
  })

  it('asks for no flush while it is paused and alone', () => {
    const { binder, frames, send } = setup()
    binder.bind(createStore({ log: [] }).sink, { a: log() }).pause()
    expect([send('a', 1), frames.pending]).toEqual([true, 0])
  })

  it('holds the last 1,000 messages or 1 MiB while paused, and says once when that is too little', () => {
    const { binder, frames, send, problems } = setup()
    const store = createStore({ log: [] })
    const binding = binder.bind(store.sink, { a: log() })
    binding.pause()
    for (let i = 0; i < 1_500; i++) send('a', i)
    expect(problems).toMatchObject([{ code: 'PAUSED_DROPPED', details: { store: 'monitor', held: 1_000 } }])
    binding.resume()
    frames.paint()
    expect(store.state['log']).toEqual(Array.from({ length: 1_000 }, (_, i) => 500 + i))

    binding.pause()
    for (let i = 0; i < 4; i++) send('a', `big${i}`, 400_000)
    send('a', 'huge', 5_000_000)
    binding.resume()
    frames.paint()
    expect((store.state['log'] as unknown[]).slice(1_000)).toEqual(['huge'])
    expect(problems.length).toBe(2)
  })

  it('keeps the newest message of each type while paused, whatever else comes', () => {
    const { binder, frames, send } = setup()
    const store = createStore({ log: [], last: null })
    const binding = binder.bind(store.sink, { a: latest('last'), b: log() })
    send('a', 0)
    binding.pause()
    send('a', 1)
    for (let i = 0; i < 999; i++) send('b', i)
    binding.resume()
    send('a', 2)
    send('a', 3)
    binding.pause()
    binding.resume()
    frames.paint()
    expect(store.state['last']).toBe(3)
  })

  it('can be paused from inside a commit of the same flush, and keeps what was due', () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [] }, { onCommit: () => pause() })
    const two = createStore({ log: [] })
    binder.bind(one.sink, { a: log() })
    const binding = binder.bind(two.sink, { a: log() })
    const pause = (): void => binding.pause()
    send('a', 1)
    frames.paint()
    send('a', 2)
    frames.paint()
    expect([one.commits.length, two.commits]).toEqual([2, []])
    binding.resume()
    frames.paint()
    expect(two.commits).toEqual([{ log: [1, 2] }])
  })

  it('commits nothing after stop, which may come twice and from inside a commit', () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [] }, { onCommit: () => stop() })
    const two = createStore({ log: [] })
    const binding = binder.bind(one.sink, { a: log() })
    const other = binder.bind(two.sink, { a: log() })
    const stop = (): void => {
      binding.stop()
      binding.stop()
      other.stop()
    }
    send('a', 1)
    frames.paint()
    expect(send('a', 2)).toBe(false)
    binding.resume()
    frames.paint()
    expect([one.commits, two.commits]).toEqual([[{ log: [1] }], []])
    binder.reset()
    expect([one.resets, frames.pending]).toEqual([0, 0])
  })
})

describe('reset', () => {
  it('drops what waits, paused or not, and resets every store, each isolated', () => {
    const { binder, frames, send, problems } = setup()
    const bad = createStore({ log: [] }, { onReset: () => fail('no') })
    const good = createStore({ log: [] })
    binder.bind(bad.sink, { a: log() })
    const binding = binder.bind(good.sink, { a: log() })
    send('a', 1)
    frames.paint()
    send('a', 2)
    binding.pause()
    binder.reset()
    binding.resume()
    frames.paint()
    expect([bad.resets, good.resets, good.state, good.commits.length]).toEqual([1, 1, { log: [] }, 1])
    expect(problems).toMatchObject([{ code: 'CALLBACK', details: { where: 'reset of store "monitor"' } }])
    send('a', 3)
    frames.paint()
    expect([bad.state, good.state]).toEqual([{ log: [3] }, { log: [3] }])
  })

  it('voids the rest of a flush it comes from, calls included', () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [] }, { onCommit: () => binder.reset() })
    const two = createStore({ log: [] })
    binder.bind(one.sink, { a: [log(), callTo('ring')] })
    binder.bind(two.sink, { a: [log(), callTo('ring')] })
    send('a', 1)
    frames.paint()
    expect([one.calls, two.commits, two.calls, two.state]).toEqual([[], [], [], { log: [] }])
  })

  it('keeps messages that a reset itself causes', () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [] }, { onReset: () => send('a', 'new') })
    const two = createStore({ log: [] })
    binder.bind(one.sink, { a: log() })
    binder.bind(two.sink, { a: log() })
    send('a', 'old')
    binder.reset()
    frames.paint()
    expect([one.state, two.state]).toEqual([{ log: ['new'] }, { log: ['new'] }])
  })
})

describe('dispose', () => {
  it.each(['frame', 'microtask', 'sync', { everyMs: 10 }] as const)(
    'commits nothing late and leaves nothing behind (%j)',
    async (flush) => {
      const { binder, clock, frames, send } = setup(flush)
      const store = createStore({ log: [] })
      const binding = binder.bind(store.sink, { a: log() })
      send('a', 1)
      const before = store.commits.length
      binder.dispose()
      binder.dispose()
      expect([send('a', 2), frames.pending, clock.pending]).toEqual([false, 0, []])
      binding.resume()
      binding.stop()
      const late = binder.bind(store.sink, { a: log() })
      late.resume()
      binder.reset()
      await settle()
      clock.advance(1_000)
      frames.paint()
      expect([store.commits.length, store.resets]).toEqual([before, 0])
    },
  )

  it('ends a flush it comes from', () => {
    const { binder, frames, send } = setup()
    const one = createStore({ log: [] }, { onCommit: () => binder.dispose() })
    const two = createStore({ log: [] })
    binder.bind(one.sink, { a: [log(), callTo('ring')] })
    binder.bind(two.sink, { a: log() })
    send('a', 1)
    frames.paint()
    expect([one.commits.length, one.calls, two.commits]).toEqual([1, [], []])
  })
})

function fail(message: string): never {
  throw new Error(message)
}
