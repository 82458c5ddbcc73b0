import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RuleBatch } from '../../../src/binding/batch.ts'
import { compileWire } from '../../../src/binding/compile-wire.ts'
import { Queue } from '../../../src/binding/queue.ts'
import { remove } from '../../../src/binding/rules/remove.ts'
import { upsert } from '../../../src/binding/rules/upsert.ts'

interface Item {
  readonly id: string
  readonly at: number
}
type Rows = Readonly<Record<string, Item>>

// More than what is copied by a spread; numeric keys and odd ones among them.
const SIZE = 150
const ids = [
  ...Array.from({ length: SIZE }, (_, i) => (i % 5 === 0 ? String(SIZE - i) : `k${i}`)),
  '__proto__',
  'toString',
]

const recordOf = (items: readonly Item[]): Rows => Object.fromEntries(items.map((item) => [item.id, item]))

function setup() {
  const add = upsert('rows', { by: (item: Item) => item.id })
  const drop = remove('rows')
  const { entries } = compileWire({ row: add, gone: drop })
  return {
    rows: recordOf(ids.map((id) => ({ id, at: 0 }))),
    /** One batch: items below zero are removed. */
    flush: (rows: Rows, changes: readonly Item[]): Rows => {
      const messages = changes.map((item) =>
        item.at < 0 ? { type: 'gone', data: item.id } : { type: 'row', data: item },
      )
      const queue = new Queue()
      for (const message of messages) queue.push(message, entries.get(message.type)!, 0)
      const batch = new RuleBatch(queue, 'rows')
      const { rows: made = rows } = batch.apply({ rows })
      return made as Rows
    },
    add: (rows: Rows, ...items: Item[]): Rows => add({ rows }, items).rows,
    drop: (rows: Rows, ...keys: string[]): Rows => drop({ rows }, keys).rows ?? rows,
  }
}

/** Everything that can be told of a record, the order of its keys included. */
const picture = (rows: Rows): unknown => [
  Object.entries(rows),
  JSON.stringify(rows),
  Object.getPrototypeOf(rows) === Object.prototype,
  Object.isFrozen(rows),
]

describe('a large record', () => {
  it('is a plain frozen object at each copy, with its keys in order', () => {
    const { rows: initial, add } = setup()
    let rows = initial
    for (let at = 1; at <= 3; at++) {
      rows = add(rows, { id: 'k7', at }, { id: `new${at}`, at })
      expect(Object.getPrototypeOf(rows)).toBe(Object.prototype)
      expect([Object.isFrozen(rows), Object.getOwnPropertyDescriptor(rows, '__v_skip')?.value]).toEqual([true, true])
      expect(rows['k7']).toEqual({ id: 'k7', at })
    }
    expect(Object.keys(rows)).toEqual([...Object.keys(initial), 'new1', 'new2', 'new3'])
    expect(Object.getOwnPropertyDescriptor(rows, '__proto__')?.value).toBe(initial['__proto__'])
  })

  it('keeps what it showed, whatever is made of it later', () => {
    const { rows: initial, add, drop } = setup()
    const first = add(initial, { id: 'k1', at: 1 })
    const second = add(first, { id: 'x', at: 2 })
    const before = [initial, first, second].map(picture)
    // Two futures of the same record, neither of which may see the other.
    const left = drop(add(second, { id: 'left', at: 3 }), 'k2', '__proto__')
    const right = add(drop(second, 'k1', '145'), { id: 'k1', at: 4 })
    expect([initial, first, second].map(picture)).toEqual(before)
    expect(Object.keys(left)).toEqual([
      ...Object.keys(second).filter((key) => key !== 'k2' && key !== '__proto__'),
      'left',
    ])
    expect(Object.keys(right)).toEqual([...Object.keys(second).filter((key) => key !== 'k1' && key !== '145'), 'k1'])
  })

  it('keeps symbols, and what getters of an initial record gave, as a spread does', () => {
    const { rows, add } = setup()
    const sign = Symbol('sign')
    const odd = Object.defineProperty({ ...rows, [sign]: 1 }, 'hidden', { value: 1 })
    Object.defineProperty(odd, 'k1', { get: () => ({ id: 'k1', at: 9 }), enumerable: true })
    const made = add(add(odd, { id: 'k2', at: 1 }), { id: 'k3', at: 2 })
    expect(Reflect.ownKeys(made)).toEqual([...Object.keys(rows), '__v_skip', sign])
    expect(Object.getOwnPropertyDescriptor(made, 'k1')?.value).toEqual({ id: 'k1', at: 9 })
    expect((made as { [sign]?: number })[sign]).toBe(1)
  })

  it('is what spreads would have made of it, whatever a batch writes and removes', () => {
    const { rows: initial, flush } = setup()
    const id = fc.oneof(fc.constantFrom(...ids), fc.constantFrom('a', 'b', '7000', '3'))
    // Below zero it is removed.
    const change = fc.record({ id, at: fc.integer({ min: -6, max: 6 }) })
    const flushes = fc.array(fc.array(change, { minLength: 1, maxLength: 40 }), { maxLength: 6 })
    fc.assert(
      fc.property(flushes, (all) => {
        let rows = initial
        let model = initial
        for (const changes of all) {
          for (const { id: key, at } of changes) {
            const { [key]: _, ...rest } = model
            model = at < 0 ? rest : { ...model, ...recordOf([{ id: key, at }]) }
          }
          rows = flush(rows, changes)
          expect(Object.entries(rows)).toEqual(Object.entries(model))
        }
      }),
      { numRuns: 50 },
    )
  })
})
