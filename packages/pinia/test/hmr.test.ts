import { append, latest } from '@statewire/core'
import { acceptHMRUpdate, defineStore, type Pinia, type StoreGeneric } from 'pinia'
import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { countLive, setup } from './setup.ts'

describe('hot module replacement', () => {
  it('goes on with the new wire, in one binding, over 20 updates', async () => {
    const { pinia, client, send } = await setup()
    const live = countLive(client)
    const version = (key: 'a' | 'b') =>
      defineStore('hot', { state: () => ({ a: null as unknown, b: null as unknown }), wire: { ticker: latest(key) } })
    const useFirst = version('a')
    const store = useFirst(pinia)
    await send(['ticker', 1])
    for (let update = 0; update < 20; update++) await replace(pinia, useFirst, version(update % 2 ? 'a' : 'b'))
    await replace(pinia, useFirst, version('b'))
    expect({ ...store.$state }).toEqual({ a: 1, b: null })
    await send(['ticker', 2])
    expect({ ...store.$state }).toEqual({ a: 1, b: 2 })
    expect(live()).toBe(1)
  })

  it('wires a key that is new, and resets to the new initial values', async () => {
    const { pinia, client, send, problems } = await setup()
    const useFirst = defineStore('hot', { state: () => ({ n: 0 }) })
    const store: StoreGeneric = useFirst(pinia)
    const useSecond = defineStore('hot', {
      state: () => ({ n: 0, dd: ['new'] as readonly unknown[] }),
      wire: { point: append('dd', { limit: 10 }) },
    })
    await replace(pinia, useFirst, useSecond)
    await send(['point', 1])
    expect(store.$state).toEqual({ n: 0, dd: ['new', 1] })
    client.signOut()
    expect(store.$state).toEqual({ n: 0, dd: ['new'] })
    expect(problems).toEqual([])
  })

  it('resets setup stores to the initial values of the new module, not to what was live', async () => {
    const { pinia, client, send } = await setup()
    const version = (first: string) =>
      defineStore('hot', () => ({ last: ref<unknown>(first) }), { wire: { ticker: latest('last') } })
    const useFirst = version('first')
    const store = useFirst(pinia)
    await send(['ticker', 1])
    await replace(pinia, useFirst, version('second'))
    expect(store.last).toBe(1)
    client.signOut()
    expect(store.last).toBe('second')
  })

  it('still resets what the old wire wrote', async () => {
    const { pinia, client, send } = await setup()
    const state = () => ({ a: 0, b: 0 })
    const useFirst = defineStore('hot', { state, wire: { notice: () => ({ a: 1 }) } })
    const store = useFirst(pinia)
    await send(['notice', 1])
    await replace(pinia, useFirst, defineStore('hot', { state, wire: { notice: () => ({ b: 1 }) } }))
    client.signOut()
    expect({ ...store.$state }).toEqual({ a: 0, b: 0 })
  })

  it('keeps a stopped store stopped, and binds nothing after $dispose', async () => {
    const { pinia, client, send } = await setup()
    const live = countLive(client)
    const version = () => defineStore('hot', { state: () => ({ a: null as unknown }), wire: { ticker: latest('a') } })
    const useFirst = version()
    const store = useFirst(pinia)
    store.$wire.stop()
    await replace(pinia, useFirst, version())
    await send(['ticker', 1])
    expect([live(), store.a]).toEqual([0, null])
  })
})

/** What the bundler does when a module with a store was edited. */
async function replace(pinia: Pinia, useOld: object, useNew: object): Promise<void> {
  const hot = { data: { pinia }, accept() {}, invalidate() {} }
  ;(acceptHMRUpdate(useOld as never, hot) as (module: object) => void)({ useStore: useNew })
  await nextTick()
}
