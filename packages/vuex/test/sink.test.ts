import { describe } from 'vitest'
import * as core from '@statewire/core'
import { describeSinkContract } from '@statewire/testing/contracts'
import { vuexStatewire } from '../src/index.ts'
import { createStore } from './setup.ts'

describe.each([true, false])('strict: %s', (strict) => {
  describeSinkContract('Vuex', core, ({ client, wire, state }) => {
    const plugin = vuexStatewire(client, { wire: wire as object })
    const store = createStore({ strict, state, plugins: [plugin] })
    let changes = 0
    const onLive = (listener: () => void): void => {
      store.subscribe(({ type }) => type !== 'connection/changed' && listener())
    }
    onLive(() => changes++)
    return {
      state() {
        const { connection: _, ...live } = store.state
        return live
      },
      changes: () => changes,
      subscribe: onLive,
      // Vue 2 and Vue 3 say "at once" in different words.
      subscribeDeep: () =>
        store.watch(
          (all) => all,
          () => {},
          { deep: true, sync: true, flush: 'sync' } as object,
        ),
      dispose: () => plugin.stop(),
    }
  })
})
