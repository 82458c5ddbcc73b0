import { createRequire } from 'node:module'
import { vuexStatewire } from '@statewire/vuex'
import * as vue3 from 'vue'
import * as vuex4 from 'vuex'

// Vue 2.7 and Vuex 3 live under their real names in the legacy example only.
const legacy = createRequire(new URL('../../../../examples/vuex-legacy/package.json', import.meta.url))

export const onVuex4 = () => storesOf({ Vue: vue3, Store: vuex4.Store })

export function onVuex3() {
  const Vue = legacy('vue')
  const Vuex = legacy('vuex')
  Vue.use(Vuex)
  return storesOf({ Vue, Store: Vuex.Store })
}

function storesOf({ Vue, Store }) {
  /** Makes a Vuex store; with a client and a wire, a wired one. See `createStore` of Pinia for the options. */
  const createStore = ({ state, read, wired, strict = false, mutations = {}, rootMutations = {} }) => {
    const store = new Store({
      strict,
      mutations: rootMutations,
      modules: {
        feed: {
          namespaced: true,
          state,
          mutations: {
            SET(own, [key, data]) {
              own[key] = data
            },
            ...mutations,
          },
        },
      },
      plugins: wired ? [vuexStatewire(wired.client, { wire: wired.wire })] : [],
    })
    const seen = { value: 0 }
    const watchKey = (key, take) => store.watch((root) => root.feed[key], take)
    const ends = Object.keys(state()).map((key) => watchKey(key, (value) => void (seen.value += read(value))))
    return {
      Vue,
      store,
      seen,
      watch: watchKey,
      get: (key) => store.state.feed[key],
      write: (key, data) => store.commit('feed/SET', [key, data]),
      settle: Vue.nextTick,
      end() {
        for (const end of ends) end()
      },
    }
  }
  return { createStore, pathOf: (key) => `feed/${key}` }
}
