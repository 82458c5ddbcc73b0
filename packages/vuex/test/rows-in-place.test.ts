import { upsert } from '@statewire/core'
import { describe, expect, it } from 'vitest'
import * as Vue from 'vue'
import { nextTick, setup } from './setup.ts'

const row = (id: string, price = 1): object => ({ id, price })
const inPlace = upsert('table/rows', { by: 'id', inPlace: true })
const isVue2 = String((Vue as { version: string }).version).startsWith('2')

async function setupRows({ strict = false } = {}) {
  const table = { namespaced: true, state: () => ({ rows: {} }) }
  const world = await setup({ store: { strict, modules: { table } }, wire: { ticker: inPlace } })
  await world.send(['ticker', row('a')], ['ticker', row('b')])
  return { ...world, rows: () => world.store.state.table.rows as Record<string, { price: number }> }
}

describe('rows that are changed in place', () => {
  it('run again only what looks at a changed one, where Vue notices', async () => {
    const { store, rows, send, mutations } = await setupRows()
    const runs: string[] = []
    for (const id of ['a', 'b']) {
      store.watch(
        () => rows()[id],
        () => runs.push(id),
      )
    }
    store.watch(
      () => Object.keys(rows()).length,
      (count) => runs.push(`${count} rows`),
    )
    await send(['ticker', row('b', 2)], ['ticker', row('b', 3)], ['ticker', row('c')])
    await nextTick()
    // Vue 2 calls each watcher of an object whose record was replaced.
    expect(runs).toEqual(isVue2 ? ['a', 'b', '3 rows'] : ['b', '3 rows'])
    expect([rows()['b']?.price, mutations.length]).toEqual([3, 2])
  })

  it.each([false, true])('are replaced in Vue 2 and in strict mode, and changed else (strict: %s)', async (strict) => {
    const { rows, send, problems } = await setupRows({ strict })
    const before = rows()
    await send(['ticker', row('c')])
    expect([rows() === before, Object.keys(rows()), problems]).toEqual([!strict && !isVue2, ['a', 'b', 'c'], []])
  })

  it('leave initial values as they are', async () => {
    const { client, rows, send } = await setupRows()
    await send(['ticker', row('c')])
    client.signOut()
    expect(rows()).toEqual({})
    await client.connect()
    await send(['ticker', row('d')])
    expect(Object.keys(rows())).toEqual(['d'])
    client.signOut()
    expect(rows()).toEqual({})
  })
})
