import * as core from '@statewire/core'
import { describeSinkContract } from '@statewire/testing/contracts'
import { createPinia, defineStore, type StoreGeneric } from 'pinia'
import { createApp, ref } from 'vue'
import { piniaStatewire } from '../src/index.ts'
import type { SinkHarness, SinkSetup } from '@statewire/testing/contracts'

describeSinkContract('option store', core, ({ client, wire, state }) => {
  const useStore = defineStore('live', { state, wire: wire as object })
  return harness(client, useStore)
})

describeSinkContract('setup store', core, ({ client, wire, state }) => {
  const useStore = defineStore(
    'live',
    () => Object.fromEntries(Object.entries(state()).map(([key, value]) => [key, ref(value)])),
    { wire: wire as object },
  )
  return harness(client, useStore)
})

function harness(
  client: SinkSetup['client'],
  useStore: (pinia: ReturnType<typeof createPinia>) => StoreGeneric,
): SinkHarness {
  const pinia = createPinia().use(piniaStatewire(client))
  createApp({ render: () => null }).use(pinia)
  const store = useStore(pinia)
  let changes = 0
  // Deep, as Pinia's subscriptions are, and told at once.
  store.$subscribe(() => changes++)
  return {
    state: () => store.$state,
    changes: () => changes,
    subscribe: (listener) => store.$subscribe(listener),
    dispose: () => store.$dispose(),
  }
}
