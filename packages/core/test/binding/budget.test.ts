import { describe, expect, it } from 'vitest'
import { append } from '../../src/binding/rules/append.ts'
import { callTo, createBinderSetup, createStore } from './setup.ts'

const log = () => append('log', { limit: 50_000 })

/** A binder with two stores whose commits take as long as told, and what happened in which order. */
function setup(
  costMs: number | (() => number),
  overrides: Parameters<typeof createBinderSetup>[1] = {},
  flush: Parameters<typeof createBinderSetup>[0] = 'frame',
) {
  const world = createBinderSetup(flush, overrides)
  const done: string[] = []
  const take = (what: string): void => {
    world.clock.sleep(typeof costMs === 'number' ? costMs : costMs())
    done.push(what)
  }
  const [one, two] = ['one', 'two'].map((name) =>
    createStore(
      { log: [] },
      {
        name,
        onCommit: ({ messages }) => take(`${name}:${messages.length}`),
        onCall: ({ call }, data) => take(`${call}(${String(data)})`),
      },
    ),
  ) as [ReturnType<typeof createStore>, ReturnType<typeof createStore>]
  const bindings = [one, two].map(({ sink }) => world.binder.bind(sink, { a: log(), ring: callTo('ring') })) as [
    ReturnType<typeof world.binder.bind>,
    ReturnType<typeof world.binder.bind>,
  ]
  return { ...world, one, two, bindings, done }
}

describe('a flush that takes too long', () => {
  it('yields to the page between stores, and goes on with the next frame', () => {
    const { binder, frames, send, done, one, two } = setup(9)
    send('a', 1)
    frames.paint()
    expect([done, frames.pending]).toEqual([['one:1'], 1])
    expect(binder.stats).toMatchObject({ flushes: 1, yields: 1, lastFlushMs: 9 })
    send('a', 2)
    frames.paint()
    // With the store that is behind first; it takes what came meanwhile along.
    expect(done).toEqual(['one:1', 'two:2'])
    frames.paint()
    expect([done, frames.pending]).toEqual([['one:1', 'two:2', 'one:1'], 0])
    expect([one.state, two.state]).toEqual([{ log: [1, 2] }, { log: [1, 2] }])
    expect(binder.stats).toEqual({ flushes: 3, yields: 2, lastFlushMs: 9, longestFlushMs: 9, conflated: 0 })
  })

  it('yields between calls, and never changes their order', () => {
    const { frames, send, done, bindings } = setup(5)
    bindings[1].stop()
    for (const data of [1, 2, 3]) send('ring', data)
    frames.paint()
    expect(done).toEqual(['ring(1)', 'ring(2)'])
    send('ring', 4)
    frames.paint()
    frames.paint()
    expect([done, frames.pending]).toEqual([['ring(1)', 'ring(2)', 'ring(3)', 'ring(4)'], 0])
  })

  it('does not yield when it keeps within its time, nor after its last step', () => {
    for (const costMs of [4, 16]) {
      const { binder, frames, send, done } = setup(costMs, { budgetMs: 8 * (costMs / 4) })
      send('a', 1)
      frames.paint()
      expect([done, frames.pending, binder.stats.yields]).toEqual([['one:1', 'two:1'], 0, 0])
    }
  })

  it('is not forced on by what arrives, and loses none of it', () => {
    const { frames, send, done, one, two } = setup(9)
    for (let i = 0; i < 12_500; i++) send('a', i)
    // The 10,000th forced a flush, which yielded; the others wait for the page.
    expect([done, frames.pending]).toEqual([['one:1000'], 1])
    for (let i = 0; frames.pending > 0; i++) {
      expect(i).toBeLessThan(40)
      frames.paint()
    }
    expect(done.slice(11)).toEqual(['one:1000', 'one:500', ...Array<string>(12).fill('two:1000'), 'two:500'])
    for (const { state } of [one, two]) expect(state['log']).toEqual(Array.from({ length: 12_500 }, (_, i) => i))
  })

  it('is one commit again once a large one has shown that there is time for more', () => {
    const { frames, send, done, bindings } = setup(1)
    bindings[1].stop()
    const burst = (count: number): string[] => {
      done.length = 0
      for (let i = 0; i < count; i++) send('a', i)
      for (let i = 0; i < 20; i++) frames.paint()
      return [...done]
    }
    expect(burst(10_000)).toEqual(['one:1000', 'one:8000', 'one:1000'])
    expect(burst(9_000)).toEqual(['one:9000'])
    // What a small one takes says nothing of a large one.
    expect(burst(10)).toEqual(['one:10'])
    expect(burst(10_000)).toEqual(['one:10000'])
  })

  it('is cut smaller when a large commit has taken too long', () => {
    let costMs = 0
    const { frames, send, done, bindings } = setup(() => costMs)
    bindings[1].stop()
    const burst = (count: number): string[] => {
      done.length = 0
      for (let i = 0; i < count; i++) send('a', i)
      for (let i = 0; i < 20; i++) frames.paint()
      return [...done]
    }
    burst(1_000)
    expect(burst(5_000)).toEqual(['one:5000'])
    costMs = 20
    expect(burst(5_000)).toEqual(['one:5000'])
    expect(burst(5_000)).toEqual(['one:2000', 'one:1000', 'one:1000', 'one:1000'])
  })

  it('does not yield on a hidden page, in sync mode, or without a budget', () => {
    const worlds = [setup(9, { hidden: () => true }), setup(9, {}, 'sync'), setup(9, { budgetMs: Infinity })]
    for (const { frames, send, done } of worlds) {
      send('a', 1)
      frames.paint()
      expect([done, frames.pending]).toEqual([['one:1', 'two:1'], 0])
    }
  })

  it('goes on with a frame in the other modes too', () => {
    const { clock, frames, send, done } = setup(9, {}, { everyMs: 100 })
    send('a', 1)
    clock.advance(100)
    expect([done, frames.pending, clock.pending]).toEqual([['one:1'], 1, []])
    frames.paint()
    expect(done).toEqual(['one:1', 'two:1'])
  })

  it('drops what is left of it on reset and at the end', () => {
    for (const end of ['reset', 'dispose'] as const) {
      const { binder, frames, send, done } = setup(9)
      send('a', 1)
      send('ring', 1)
      frames.paint()
      binder[end]()
      expect(frames.pending).toBe(0)
      frames.paint()
      expect(done).toEqual(['one:1'])
    }
  })

  it('waits where it is while a binding is paused or stopped', () => {
    const { frames, send, done, bindings } = setup(9)
    send('ring', 1)
    send('ring', 2)
    frames.paint()
    bindings[0].pause()
    frames.paint()
    frames.paint()
    expect([done, frames.pending]).toEqual([['ring(1)', 'ring(1)', 'ring(2)'], 0])
    bindings[0].resume()
    frames.paint()
    expect([done, frames.pending]).toEqual([['ring(1)', 'ring(1)', 'ring(2)', 'ring(2)'], 0])
    for (const data of [3, 4]) send('ring', data)
    frames.paint()
    bindings[0].stop()
    frames.paint()
    frames.paint()
    expect([done.slice(4), frames.pending]).toEqual([['ring(3)', 'ring(3)', 'ring(4)'], 0])
  })
})
