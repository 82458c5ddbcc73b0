import { latest, StatewireError, type AnyClient } from '@statewire/core'
import { createPinia, defineStore, disposePinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { from, piniaStatewire, useConnection } from '../src/index.ts'
import { countLive, createHeadlessApp, setup } from './setup.ts'
import { useMonitor } from './stores.ts'

describe('the end of a store', () => {
  it.each(['$dispose', 'unmount', 'disposePinia'] as const)('comes with %s', async (way) => {
    const { pinia, app, client, send } = await setup()
    const live = countLive(client)
    app.mount({})
    const store = useMonitor(pinia)
    expect(live()).toBe(1)
    await send(['point', 1])
    if (way === '$dispose') store.$dispose()
    else if (way === 'unmount') app.unmount()
    else disposePinia(pinia)
    await send(['point', 2])
    expect([live(), store.dd]).toEqual([0, [1]])
  })

  it('does not come with an app that used the same Pinia later', async () => {
    const { pinia, app, client, send } = await setup()
    app.mount({})
    useConnection(pinia)
    const dialog = createHeadlessApp().use(pinia)
    dialog.mount({})
    const store = useMonitor(pinia)
    dialog.unmount()
    await send(['point', 1])
    await client.disconnect()
    expect([store.dd, useConnection(pinia).status]).toEqual([[1], 'closed'])
  })

  it('comes with the next app once the first is unmounted', async () => {
    const { pinia, app, client } = await setup()
    const live = countLive(client)
    app.mount({})
    useConnection(pinia)
    app.unmount()
    const next = createHeadlessApp().use(pinia)
    next.mount({})
    useMonitor(pinia)
    expect(live()).toBe(1)
    next.unmount()
    expect(live()).toBe(0)
  })

  it('comes before it has begun when one part of its wire is refused', async () => {
    const { pinia, client } = await setup()
    const live = countLive(client)
    const useBad = defineStore('bad', {
      state: () => ({ a: null as unknown }),
      wire: [from('default', { a: latest('a') }), from('default', { a: 'no rule' as never })],
    })
    expect(() => useBad(pinia)).toThrow(StatewireError)
    expect(live()).toBe(0)
  })

  it('keeps no store alive that was dropped without being disposed', async () => {
    const { client } = await setup()
    const live = countLive(client)
    setActivePinia(undefined)
    const dropped = dropStores(client)
    expect(live()).toBe(20)
    setActivePinia(undefined)
    await collectGarbage()
    expect(dropped.filter((store) => store.deref()).length).toBeLessThan(20)
    expect(live()).toBeLessThan(20)
  })
})

function dropStores(client: AnyClient): WeakRef<object>[] {
  return Array.from({ length: 20 }, () => {
    const pinia = createPinia().use(piniaStatewire(client))
    createApp({}).use(pinia)
    return new WeakRef(useMonitor(pinia))
  })
}

async function collectGarbage(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  await new Promise((resolve) => setImmediate(resolve))
}
