import { describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import { RuleBatch } from '../../src/binding/batch.ts'
import { compileWire } from '../../src/binding/compile-wire.ts'
import { Queue } from '../../src/binding/queue.ts'
import { append } from '../../src/binding/rules/append.ts'
import { latest } from '../../src/binding/rules/latest.ts'
import { remove } from '../../src/binding/rules/remove.ts'
import { upsert } from '../../src/binding/rules/upsert.ts'
import type { Plain } from './setup.ts'

type Message = readonly [type: string, data?: unknown]

function setup(wire: object, ...sent: readonly Message[]) {
  const { entries, rest } = compileWire(wire)
  const messages = sent.map(([type, data]) => ({ type, data }))
  const queue = new Queue()
  for (const message of messages) queue.push(message, entries.get(message.type) ?? rest!, 0)
  const batch = new RuleBatch(queue, 'monitor')
  return {
    batch,
    apply: (state: Plain) => batch.apply(state),
    problems: () => [...batch.failures, ...[...batch.missing].map(([, problem]) => problem)],
  }
}

/** A rule that writes down how it was called. */
function spy(key: string, keys?: readonly string[]) {
  const calls: (readonly unknown[])[] = []
  const rule = (state: Plain, messages: readonly unknown[]): Plain => {
    calls.push([...messages])
    return { [key]: [...(state[key] as unknown[]), ...messages] }
  }
  return { rule: keys ? Object.assign(rule, { keys }) : rule, calls }
}

describe('a batch', () => {
  it('calls a rule once with all messages of its type where nobody else touches its keys', () => {
    const a = spy('a', ['a'])
    const b = spy('b', ['b'])
    const { apply } = setup({ a: a.rule, b: b.rule }, ['a', 1], ['b', 2], ['a', 3], ['b', 4], ['a', 5])
    expect(apply({ a: [], b: [0], c: 1 })).toEqual({ a: [1, 3, 5], b: [0, 2, 4] })
    expect([a.calls, b.calls]).toEqual([[[1, 3, 5]], [[2, 4]]])
  })

  it('keeps wire order in runs where types share a key', () => {
    const one = spy('log', ['log'])
    const two = spy('log', ['log'])
    const apart = spy('x', ['x'])
    const sent: Message[] = [
      ['one', 1],
      ['one', 2],
      ['apart', 3],
      ['one', 4],
      ['two', 5],
      ['two', 6],
      ['one', 7],
    ]
    const { apply } = setup({ one: one.rule, two: two.rule, apart: apart.rule }, ...sent)
    expect(apply({ log: [], x: [] })).toEqual({ log: [1, 2, 4, 5, 6, 7], x: [3] })
    expect([one.calls, two.calls]).toEqual([[[1, 2, 4], [7]], [[5, 6]]])
  })

  it('keeps wire order between upsert and remove', () => {
    const wire = { row: upsert('rows', { by: 'id' }), gone: remove('rows') }
    const sent: Message[] = [
      ['row', { id: 'a', n: 1 }],
      ['gone', 'a'],
      ['row', { id: 'b' }],
      ['row', { id: 'a', n: 2 }],
      ['gone', 'b'],
    ]
    expect(setup(wire, ...sent).apply({ rows: {} })).toEqual({ rows: { a: { id: 'a', n: 2 } } })
    expect(setup(wire, ...sent, ['gone', 'a']).apply({ rows: {} })).toEqual({ rows: {} })
  })

  it('shows a function everything that came before, and nothing that came after', () => {
    const seen: unknown[] = []
    const look = (state: Plain): Plain => {
      seen.push([state['dd'], state['rows']])
      return {}
    }
    const wire = { point: append('dd', { limit: 5 }), row: upsert('rows', { by: 'id' }), look }
    const { apply } = setup(wire, ['point', 1], ['look'], ['row', { id: 'a' }], ['point', 2], ['look'], ['point', 3])
    expect(apply({ dd: [], rows: {} })).toEqual({ dd: [1, 2, 3], rows: { a: { id: 'a' } } })
    expect(seen).toEqual([
      [[1], {}],
      [[1, 2], { a: { id: 'a' } }],
    ])
  })

  it('changes nothing any more that a function has seen', () => {
    const wire = {
      row: upsert('rows', { by: 'id' }),
      point: append('dd', { limit: 5 }),
      keep: (state: Plain) => ({ kept: [state['rows'], state['dd']] }),
    }
    const { apply } = setup(wire, ['row', { id: 'a' }], ['point', 1], ['keep'], ['row', { id: 'b' }], ['point', 2])
    expect(apply({ rows: {}, dd: [], kept: null })).toEqual({
      rows: { a: { id: 'a' }, b: { id: 'b' } },
      dd: [1, 2],
      kept: [{ a: { id: 'a' } }, [1]],
    })
  })

  it('takes messages one by one through rules of one type that meet in a key', () => {
    const sum = (state: Plain, [data]: readonly unknown[]): Plain => ({
      sum: (state['sum'] as number) + (data as number),
    })
    const total = (state: Plain): Plain => ({ totals: [...(state['totals'] as number[]), state['sum']] })
    const { apply } = setup({ a: [sum, total] }, ['a', 1], ['a', 2], ['a', 3])
    expect(apply({ sum: 0, totals: [] })).toEqual({ sum: 6, totals: [1, 3, 6] })
  })

  it('shows a rule that needs no more the last message only', () => {
    const calls: unknown[][] = []
    const rule = Object.assign((_: Plain, messages: unknown[]) => (calls.push([...messages]), {}), {
      keys: ['x'],
      lastOnly: true,
    })
    setup({ a: rule }, ['a', 1], ['a', 2]).apply({ x: 0 })
    expect(calls).toEqual([[2]])
  })

  it("gives '*' what it takes together, whatever the type", () => {
    const rest = spy('log', ['log'])
    const { apply, batch } = setup({ '*': rest.rule }, ['a', 1], ['b', 2])
    expect(apply({ log: [] })).toEqual({ log: [1, 2] })
    expect(rest.calls).toEqual([[1, 2]])
    expect(batch.messages).toEqual([
      { type: 'a', data: 1 },
      { type: 'b', data: 2 },
    ])
  })

  it('returns changed keys only, and nothing for a value that came back', () => {
    const set = (state: Plain, messages: readonly unknown[]): Plain => ({ ...state, x: messages.at(-1) })
    expect(setup({ a: set }, ['a', 1]).apply({ x: 1, y: { z: 1 } })).toEqual({})
    expect(setup({ a: set, b: set }, ['a', 2], ['b', 1]).apply({ x: 1, y: 2 })).toEqual({})
    expect(setup({ a: set }, ['a', 2]).apply({ x: 1, y: 2 })).toEqual({ x: 2 })
    expect(setup({ a: () => undefined }, ['a']).apply({ x: 1 })).toEqual({})
  })

  it('never writes to the state, and gives the same when asked again', () => {
    const wire = {
      row: upsert('rows', { by: 'id', limit: 2 }),
      gone: remove('rows'),
      point: append('dd', { limit: 2, count: 'n' }),
      note: (state: Plain) => ({ n: (state['n'] as number) + 10 }),
    }
    const sent: Message[] = [
      ['row', { id: 'a' }],
      ['point', 1],
      ['gone', 'z'],
      ['note'],
      ['row', [{ id: 'b' }, { id: 'c' }]],
      ['point', 2],
      ['gone', 'b'],
    ]
    const state = Object.freeze({ rows: Object.freeze({ z: { id: 'z' } }), dd: Object.freeze([0]), n: 1 })
    const { apply } = setup(wire, ...sent)
    const first = apply(state)
    expect(first).toEqual({ rows: { c: { id: 'c' } }, dd: [1, 2], n: 13 })
    expect(apply(state)).toEqual(first)
  })

  it('leaves a rule that throws out, reports it once, and lands everything else', () => {
    const bad = (): Plain => {
      throw new Error('no')
    }
    const { apply, problems } = setup({ a: [bad, latest('x')], b: latest('y') }, ['a', 1], ['b', 2], ['a', 3])
    expect(apply({ x: 0, y: 0 })).toEqual({ x: 3, y: 2 })
    expect(apply({ x: 0, y: 0 })).toEqual({ x: 3, y: 2 })
    expect(problems()).toMatchObject([
      { code: 'CALLBACK', details: { where: 'a rule for "a" of store "monitor"' }, cause: { message: 'no' } },
    ])
  })

  it('loses only the bad message of those that came together', () => {
    const wire = {
      row: upsert('rows', { by: 'id' }),
      point: append('dd', { limit: 9, count: 'n', map: (data: { value: number }) => data.value }),
    }
    const sent: Message[] = [
      ['row', { id: 'a' }],
      ['point', { value: 1 }],
      ['point', null],
      ['row', [{ id: 'c' }, {}]],
      ['row', { id: 'b' }],
      ['point', { value: 2 }],
    ]
    const { apply, problems } = setup(wire, ...sent)
    expect(apply({ rows: {}, dd: [], n: 0 })).toEqual({ rows: { a: { id: 'a' }, b: { id: 'b' } }, dd: [1, 2], n: 2 })
    expect(problems().map(({ code }) => code)).toEqual(['CALLBACK', 'CALLBACK'])
  })

  it('leaves a bad array of items out as a whole, in the middle of a batch too', () => {
    const wire = { row: upsert('rows', { by: 'id' }), gone: remove('rows', { by: 'id' }) }
    const sent: Message[] = [
      ['row', { id: 'a' }],
      ['gone', { id: 'x' }],
      ['row', [{ id: 'b' }, {}]],
      ['gone', ['a', {}]],
    ]
    expect(setup(wire, ...sent).apply({ rows: { x: { id: 'x' } } })).toEqual({ rows: { a: { id: 'a' } } })
  })

  it('reports a function that returns a promise, and never leaves the rejection to the host', async () => {
    const { apply, problems } = setup({ a: () => Promise.reject(new Error('late')) }, ['a'])
    expect(apply({ x: 1 })).toEqual({})
    await Promise.resolve()
    expect(problems()).toMatchObject([{ code: 'CALLBACK', cause: { message: expect.stringContaining('promise') } }])
  })

  it('reports a key that the state does not have, and does not write it', () => {
    const { apply, problems } = setup({ a: latest('nope'), b: () => ({ toString: 1, x: 2 }) }, ['a', 1], ['b'])
    expect(apply({ x: 0 })).toEqual({ x: 2 })
    expect(problems().map(({ details }) => details)).toEqual([
      { target: 'nope', messageType: 'a', store: 'monitor' },
      { target: 'toString', messageType: 'b', store: 'monitor' },
    ])
  })

  it('F59 writes an own __proto__ key where the state has one, and pollutes nothing', () => {
    const state = JSON.parse('{"__proto__":null,"x":0}') as Plain
    const changes = setup({ a: latest('__proto__') }, ['a', { polluted: true }]).apply(state)
    expect(Object.keys(changes)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(changes)).toBe(Object.prototype)
    const { apply, problems } = setup({ a: latest('__proto__') }, ['a', { polluted: true }])
    expect([apply({ x: 0 }), problems().length]).toEqual([{}, 1])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('tells a function that writes to its state so, in every flush', () => {
    const mutate = (state: Plain): Plain => {
      state['x'] = 5
      return {}
    }
    for (const sent of [[['a']], [['a'], ['b'], ['a']]] as Message[][]) {
      const { apply, problems } = setup({ a: mutate, b: latest('y') }, ...sent)
      expect(apply({ x: 1, y: 0 })).not.toHaveProperty('x')
      expect(problems()).toMatchObject([{ code: 'CALLBACK', cause: expect.any(TypeError) }])
    }
  })

  it('marks what functions write, and freezes none of it', () => {
    const { x } = setup({ a: () => ({ x: { b: 1 } }) }, ['a']).apply({ x: 0 })
    expect([Object.getOwnPropertyDescriptor(x, '__v_skip')?.value, Object.isFrozen(x)]).toEqual([true, false])
  })

  it('seals what built-in rules made together', () => {
    const wire = { row: upsert('rows', { by: 'id' }), gone: remove('rows'), point: append('dd', { limit: 2 }) }
    const changes = setup(wire, ['row', { id: 'a' }], ['gone', 'b'], ['point', 1]).apply({ rows: {}, dd: [] })
    for (const value of Object.values(changes)) {
      expect(Object.getOwnPropertyDescriptor(value, '__v_skip')?.value).toBe(true)
    }
    expect([Object.isFrozen(changes['rows']), Object.isFrozen(changes['dd'])]).toEqual([true, false])
  })

  it('reads reactive state, and keeps no proxies of its items', () => {
    const item = { id: 'a' }
    const state = reactive({ rows: { a: item } }) as Plain
    const { rows } = setup({ row: upsert('rows', { by: 'id' }) }, ['row', { id: 'b' }]).apply(state)
    expect((rows as { a: unknown }).a).toBe(item)
  })

  it('lets a function that declares its keys write others as well', () => {
    const rule = Object.assign(() => ({ y: undefined, x: 2 }), { keys: ['x'] })
    expect(setup({ a: rule }, ['a']).apply({ x: 1, y: 5 })).toEqual({ x: 2, y: undefined })
  })
})
