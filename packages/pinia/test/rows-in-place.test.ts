import { latest, remove, upsert } from '@statewire/core'
import { defineStore, type StateTree } from 'pinia'
import { describe, expect, it } from 'vitest'
import { effect, ref, shallowRef, toRaw, watch, watchEffect } from 'vue'
import { setup } from './setup.ts'

interface Row {
  readonly id: string
  readonly price: number
}
type Rows = Readonly<Record<string, Row>>

const row = (id: string, price = 1): Row => ({ id, price })
const inPlace = upsert('rows', { by: 'id', inPlace: true })

async function setupRows({ initial = {} as Rows } = {}) {
  const world = await setup()
  const useTable = defineStore('table', {
    state: () => ({ rows: initial, seen: 0 }),
    wire: {
      ticker: inPlace,
      gone: remove('rows'),
      count: (state) => ({ seen: Object.keys(state.rows).length }),
      twice: [inPlace, (state) => ({ seen: 10 * Object.keys(state.rows).length })],
    },
  })
  return { ...world, store: useTable(world.pinia) }
}

describe('rows that are changed in place', () => {
  it('run again only what looks at a changed one', async () => {
    const { store, send } = await setupRows()
    await send(['ticker', row('a')], ['ticker', row('b')])
    const runs: unknown[] = []
    for (const id of ['a', 'b'])
      watch(
        () => store.rows[id],
        (now) => runs.push(now?.price),
        { flush: 'sync' },
      )
    let counts = 0
    watchEffect(() => void (counts += Object.keys(store.rows).length), { flush: 'sync' })
    const record = toRaw(store.rows)
    await send(['ticker', row('b', 2)], ['ticker', row('b', 3)])
    expect([runs, counts, toRaw(store.rows) === record]).toEqual([[3], 2, true])
    await send(['ticker', row('c')])
    expect([runs, counts]).toEqual([[3], 5])
    expect(Object.isFrozen(store.rows['c'])).toBe(true)
  })

  it('are one notification a flush to $subscribe and to deep watchers', async () => {
    const { store, send } = await setupRows()
    await send(['ticker', row('a')])
    let patches = 0
    let deep = 0
    store.$subscribe(() => void patches++, { flush: 'sync' })
    watch(
      () => store.rows,
      () => void deep++,
      { deep: true },
    )
    await send(['ticker', [row('a', 2), row('b')]], ['ticker', row('c')])
    expect([patches, deep]).toEqual([1, 1])
  })

  it('leave initial values and what the application put there as they are', async () => {
    const initial = { z: row('z') }
    const { store, client, send } = await setupRows({ initial })
    await send(['ticker', row('a')])
    expect([Object.keys(initial), Object.keys(store.rows)]).toEqual([['z'], ['z', 'a']])
    const own = { mine: row('mine') }
    store.rows = own
    await send(['ticker', row('b')])
    expect([Object.keys(own), Object.keys(store.rows)]).toEqual([['mine'], ['mine', 'b']])
    client.signOut()
    expect(store.rows).toEqual({ z: row('z') })
  })

  it('meet other rules of their key in one flush, and afterwards', async () => {
    const { store, send, problems } = await setupRows()
    await send(['ticker', row('a')], ['ticker', row('b')], ['count'], ['gone', 'a'], ['ticker', row('c')])
    expect([Object.keys(store.rows), store.seen]).toEqual([['b', 'c'], 2])
    await send(['gone', 'b'])
    await send(['ticker', row('d')])
    await send(['twice', row('e')])
    expect([Object.keys(store.rows), store.seen, problems]).toEqual([['c', 'd', 'e'], 30, []])
  })

  it('are replaced where Vue would not notice, and for a key that cannot be assigned', async () => {
    const { pinia, send } = await setup()
    const useShallow = defineStore('shallow', () => ({ rows: shallowRef<Rows>({}), last: ref<unknown>() }), {
      wire: { ticker: [inPlace, latest('last')] },
    })
    const store = useShallow(pinia)
    let runs = 0
    watchEffect(() => void (store.rows, runs++), { flush: 'sync' })
    await send(['ticker', row('a')])
    await send(['ticker', row('b')])
    expect([runs, Object.keys(store.rows)]).toEqual([3, ['a', 'b']])
    await send(['ticker', row('__proto__')])
    const raw: StateTree = toRaw(store.rows)
    expect([Object.keys(raw), Object.getPrototypeOf(raw)]).toEqual([['a', 'b', '__proto__'], Object.prototype])
  })

  it('are all written where an effect that looks at one of them throws', async () => {
    const { store, send, problems } = await setupRows()
    await send(['ticker', row('a')], ['ticker', row('b')])
    effect(() => {
      if (store.rows['a']?.price === 2) throw new Error('effect')
    })
    await send(['ticker', row('a', 2)], ['ticker', row('b', 2)])
    expect([store.rows['b']?.price, problems.map(({ code }) => code)]).toEqual([2, ['CALLBACK']])
  })

  it('cost a bad item only itself', async () => {
    const { store, send, problems } = await setupRows()
    await send(['ticker', row('a')])
    await send(['ticker', row('b')], ['ticker', { price: 1 }], ['ticker', row('c')])
    expect([Object.keys(store.rows), problems.map(({ code }) => code)]).toEqual([['a', 'b', 'c'], ['CALLBACK']])
  })
})
