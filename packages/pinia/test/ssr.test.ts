import { append, latest } from '@statewire/core'
import { createPinia, defineStore } from 'pinia'
import { describe, expect, it } from 'vitest'
import { createSSRApp, h, ref } from 'vue'
import { renderToString } from '@vue/server-renderer'
import { piniaStatewire, useConnection } from '../src/index.ts'
import { setup } from './setup.ts'

const useOption = defineStore('option', {
  state: () => ({ last: null as unknown, dd: [] as readonly unknown[] }),
  wire: { ticker: latest('last'), point: append('dd', { limit: 10 }) },
})
const useSetupStore = defineStore('setup', () => ({ last: ref<unknown>(null) }), { wire: { ticker: latest('last') } })

describe('server-side rendering', () => {
  it('renders wired stores and leaves the connection alone', async () => {
    const { client, network } = await setup()
    await client.disconnect()
    const pinia = createPinia().use(piniaStatewire(client))
    const app = createSSRApp({
      setup() {
        const [store, connection] = [useOption(), useConnection()]
        store.dd = ['of the server']
        return () => h('p', `${store.dd.join()} ${connection.status}`)
      },
    }).use(pinia)
    expect(await renderToString(app)).toBe('<p>of the server closed</p>')
    expect(network.live).toEqual([])
  })

  it('serialises what rules wrote, without their mark', async () => {
    const { pinia, send } = await setup()
    useOption(pinia)
    await send(['ticker', { a: 1 }], ['point', { b: 2 }])
    expect(JSON.stringify(pinia.state.value)).toBe('{"option":{"last":{"a":1},"dd":[{"b":2}]}}')
  })

  it('takes over the state of the server, and goes on from it', async () => {
    const { pinia, send, client } = await setup()
    pinia.state.value = { option: { last: { a: 1 }, dd: [1] }, setup: { last: 'of the server' } }
    const [option, other] = [useOption(pinia), useSetupStore(pinia)]
    expect([{ ...option.$state }, other.last]).toEqual([{ last: { a: 1 }, dd: [1] }, 'of the server'])
    await send(['point', 2], ['ticker', 3])
    expect([{ ...option.$state }, other.last]).toEqual([{ last: 3, dd: [1, 2] }, 3])
    client.signOut()
    expect({ ...option.$state }).toEqual({ last: null, dd: [] })
  })
})
