import { latest } from '@statewire/core'
import { createPinia, defineStore } from 'pinia'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { from, piniaStatewire } from '../src/index.ts'
import { connectedClient, setup } from './setup.ts'
import { useMonitor } from './stores.ts'

describe('several clients', () => {
  it('feeds a store from the clients that `from` names, in one store', async () => {
    const market = await connectedClient({ name: 'market' })
    const { pinia, send } = await setup({ others: { market: market.client } })
    const useTwo = defineStore('two', {
      state: () => ({ quote: null as unknown, notice: null as unknown }),
      wire: [from('market', { quote: latest('quote') }), from('default', { notice: latest('notice') })],
    })
    const store = useTwo(pinia)
    await send(['notice', 'of default'], ['quote', 'of the wrong one'])
    market.server.send('quote', 'of market')
    market.frames.paint()
    expect({ ...store.$state }).toEqual({ quote: 'of market', notice: 'of default' })
  })

  it('resets on the sign-out of one client only what that client feeds', async () => {
    const market = await connectedClient({ name: 'market' })
    const { pinia, send } = await setup({ others: { market: market.client } })
    const useTwo = defineStore('two', {
      state: () => ({ quote: null as unknown, notice: null as unknown }),
      wire: [from('market', { quote: latest('quote') }), from('default', { notice: latest('notice') })],
    })
    const store = useTwo(pinia)
    await send(['notice', 1])
    market.server.send('quote', 2)
    market.frames.paint()
    market.client.signOut()
    expect({ ...store.$state }).toEqual({ quote: null, notice: 1 })
  })

  it('takes the client that wireClient names', async () => {
    const market = await connectedClient({ name: 'market' })
    const { pinia, send } = await setup({ others: { market: market.client } })
    const useMarket = defineStore('m', {
      state: () => ({ quote: null as unknown }),
      wireClient: 'market',
      wire: { quote: latest('quote') },
    })
    const store = useMarket(pinia)
    await send(['quote', 'of default'])
    expect(store.quote).toBeNull()
    market.server.send('quote', 'of market')
    market.frames.paint()
    expect(store.quote).toBe('of market')
  })

  it('takes the only client whatever its name, and refuses a name it does not know', async () => {
    const { client } = await connectedClient({ name: 'market' })
    const pinia = createPinia().use(piniaStatewire([client]))
    createApp({}).use(pinia)
    expect(() => useMonitor(pinia)).not.toThrow()
    const useLost = defineStore('lost', {
      state: () => ({ n: null as unknown }),
      wireClient: 'x',
      wire: { n: latest('n') },
    })
    expect(() => useLost(pinia)).toThrow('Option "wireClient of store "lost"" must be "market", received "x".')
  })

  it.each([[undefined], ['client'], [{}], [[]], [{ market: {} }]])('refuses %j as clients', (clients) => {
    expect(() => piniaStatewire(clients as never)).toThrow(/^Option "clients" must be a client of createClient\(\)/)
  })

  it.each([
    ['options', null],
    ['options', 'no'],
    ['resetOnSignOut', { resetOnSignOut: 'no' }],
  ])('refuses wrong %s of the plugin: %j', async (option, options) => {
    const { client } = await connectedClient()
    expect(() => piniaStatewire(client, options as never)).toThrow(new RegExp(`^Option "${option}" must be`))
  })

  it('refuses two clients of one name', async () => {
    const { client } = await connectedClient()
    expect(() => piniaStatewire([client, client])).toThrow('clients of different names')
  })
})
