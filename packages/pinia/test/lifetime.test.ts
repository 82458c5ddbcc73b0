import type { AnyClient } from '@statewire/core'
import { createPinia, disposePinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { piniaStatewire } from '../src/index.ts'
import { countLive, setup } from './setup.ts'
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
