import { toRaw } from './paths.ts'
import type { VuexStore } from './store.ts'

/**
 * Registers a module without a second strict watcher. Vuex 4 starts one with each module that is registered and never ends
 * any, so every change would be walked through once more. The one that is there goes on, from the next change on: a mutation
 * that changes something MUST follow, or it would miss a `replaceState` that comes first.
 *
 * @see https://github.com/vuejs/vuex/blob/v4.1.0/src/store-util.js `resetStoreState`
 */
export function registerModule(store: VuexStore, name: string, module: object): void {
  dropState(store, name)
  // Vuex 3 keeps the watcher in a component that it replaces: there a new one is due.
  const isWatched = store.strict === true && !('_vm' in store)
  if (isWatched) store.strict = false
  try {
    store.registerModule([name], module)
  } finally {
    if (isWatched) store.strict = true
  }
}

/** As part of `VuexStore`, it would make `createStore` infer the state's type from the plugin. */
interface Replaceable {
  replaceState(state: object): void
}

/** Vuex warns of state that a module takes the place of. */
function dropState(store: VuexStore, name: string): void {
  const { [name]: found, ...others } = toRaw(store.state) as Record<string, unknown>
  if (found !== undefined) (store as VuexStore & Replaceable).replaceState(others)
}
