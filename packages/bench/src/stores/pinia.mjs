import { piniaStatewire } from '@statewire/pinia'
import { createPinia, defineStore, setActivePinia } from 'pinia'
import { createApp, nextTick, watch } from 'vue'

/**
 * Makes a Pinia store; with a client and a wire, a wired one.
 *
 * @param {{ state: () => object, read: (value: unknown) => number, wired?: { client: object, wire: object }, strict?: boolean,
 *   actions?: object }} options `strict`: with a deep `$subscribe`, as persistence, tab sync and logging plugins have
 */
export function createStore({ state, read, wired, strict = false, actions = {} }) {
  const pinia = createPinia()
  if (wired) pinia.use(piniaStatewire(wired.client))
  const app = createApp({})
  app.use(pinia)
  setActivePinia(pinia)
  const store = defineStore('feed', { state, actions, ...(wired ? { wire: wired.wire } : {}) })()
  const seen = { value: 0, changes: 0 }
  if (strict) store.$subscribe(() => (seen.changes += 1), { detached: true })
  const watchKey = (key, take) => watch(() => store[key], take)
  const ends = Object.keys(state()).map((key) => watchKey(key, (value) => void (seen.value += read(value))))
  return {
    app,
    store,
    seen,
    watch: watchKey,
    get: (key) => store[key],
    /** What an application writes by hand. */
    write(key, data) {
      store[key] = data
    },
    /** When readers have run. */
    settle: nextTick,
    end() {
      for (const end of ends) end()
      store.$dispose()
    },
  }
}

export const pathOf = (key) => key
