import { latest } from '@statewire/core'
import { defineStore } from 'pinia'
import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { connectedClient, setup } from './setup.ts'
import { from } from '../src/index.ts'
import { useMonitor, useSetup } from './stores.ts'

describe('reset', () => {
  it('puts wired keys, and only those, back to fresh initial values when the user signs out', async () => {
    const { pinia, client, send } = await setup()
    const store = useMonitor(pinia)
    store.own = 'changed'
    await send(['ticker', 1], ['point', 2], ['notice', 3])
    client.signOut()
    expect({ ...store.$state }).toEqual({ last: null, dd: [], unread: 0, own: 'changed' })
  })

  it('puts setup stores back to what they were created with, each time to a copy of it', async () => {
    const { pinia, client, send } = await setup()
    const store = useSetup(pinia)
    store.own = 'changed'
    for (let round = 0; round < 2; round++) {
      await client.connect()
      await send(['ticker', { a: 1 }], ['notice', 2])
      expect(store.last).toEqual({ a: 1 })
      client.signOut()
      expect({ ...store.$state }).toEqual({ last: { initial: [1] }, unread: 0, own: 'changed' })
      ;(store.last as { initial: number[] }).initial.push(2)
    }
  })

  it('can be switched off', async () => {
    const { pinia, client, send } = await setup({ resetOnSignOut: false })
    const store = useMonitor(pinia)
    await send(['ticker', 1])
    client.signOut()
    expect(store.last).toBe(1)
  })

  it('takes wireInitial for stores whose first values are not their initial ones', async () => {
    const { pinia, client, send } = await setup()
    pinia.state.value['hydrated'] = { last: 'of the server', other: 'kept' }
    const useHydrated = defineStore('hydrated', () => ({ last: ref<unknown>(null), other: ref('') }), {
      wire: { ticker: latest('last') },
      wireInitial: () => ({ last: null }),
    })
    const store = useHydrated(pinia)
    expect(store.last).toBe('of the server')
    await send(['ticker', 1])
    client.signOut()
    expect({ ...store.$state }).toEqual({ last: null, other: 'kept' })
  })
})

describe('wireInitial', () => {
  it('makes what function rules write wired, before a message has changed it, and leaves the keys of other clients', async () => {
    const other = await connectedClient()
    const { pinia, client } = await setup({ others: { market: other.client } })
    const useStored = defineStore('stored', {
      state: () => ({ unread: 0, quote: 'none', own: '' }),
      wire: [
        from('default', { notice: (state: { unread: number }) => ({ unread: state.unread + 1 }) }),
        from('market', { quote: latest('quote') }),
      ],
      wireInitial: () => ({ unread: 0, quote: 'none' }),
    })
    const store = useStored(pinia)
    store.$patch({ unread: 7, quote: 'stored', own: 'mine' })
    client.signOut()
    expect({ ...store.$state }).toEqual({ unread: 0, quote: 'stored', own: 'mine' })
  })

  it('that throws is reported, and state() stands in', async () => {
    const { pinia, client, send, problems } = await setup()
    const useBroken = defineStore('broken', {
      state: () => ({ last: null as unknown }),
      wire: { ticker: latest('last') },
      wireInitial: () => {
        throw new Error('no initial')
      },
    })
    const store = useBroken(pinia)
    await send(['ticker', 1])
    client.signOut()
    expect(store.last).toBe(null)
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['CALLBACK', { where: 'wireInitial of store "broken"' }],
    ])
  })
})

describe('wireInitial', () => {
  it.each([[null], [{ n: 0 }]])('refuses %j at the creation of the store', async (wireInitial) => {
    const { pinia } = await setup()
    const useWrong = defineStore('wrong', { state: () => ({ n: 0 }), wire: {}, wireInitial: wireInitial as never })
    expect(() => useWrong(pinia)).toThrow('Option "wireInitial of store "wrong"" must be a function')
  })
})

describe('$reset', () => {
  it('covers wired keys of option stores', async () => {
    const { pinia, send } = await setup()
    const store = useMonitor(pinia)
    await send(['ticker', 1], ['notice', 2])
    store.$reset()
    expect({ ...store.$state }).toEqual({ last: null, dd: [], unread: 0, own: 'untouched' })
  })

  it('exists on setup stores for their wired keys', async () => {
    const { pinia, send } = await setup()
    const store = useSetup(pinia)
    store.own = 'changed'
    await send(['ticker', 1], ['notice', 2])
    store.$reset()
    expect({ ...store.$state }).toEqual({ last: { initial: [1] }, unread: 0, own: 'changed' })
  })

  it('leaves a $reset of the application alone', async () => {
    const { pinia } = await setup()
    let resets = 0
    const useOwn = defineStore('own', () => ({ n: ref(0), $reset: () => void resets++ }), { wire: { n: latest('n') } })
    ;(useOwn(pinia) as { $reset(): void }).$reset()
    expect(resets).toBe(1)
  })
})
