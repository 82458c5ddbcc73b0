import { onScopeDispose, type App } from 'vue'
import type { StoreGeneric } from 'pinia'

type End = () => void

const endings = new WeakMap<App, Set<End>>()

// On a server, stores are dropped without being disposed; what a client still holds for them ends when they are collected.
const collected = new FinalizationRegistry<End>((end) => end())

/**
 * Calls `end` when a store ends: with its effect scope (`$dispose`, the end of its Pinia), with the unmount of its app, or when it was
 * dropped and collected. `end` MUST be idempotent and MUST NOT hold the store. Call it inside a Pinia plugin.
 */
export function endWith({ store, app }: { readonly store: StoreGeneric; readonly app: App }, end: End): void {
  const ends = endsOf(app)
  ends.add(end)
  collected.register(store, end)
  onScopeDispose(() => {
    ends.delete(end)
    end()
  })
}

// One hook per app: Vue cannot take an unmount hook back, and stores may come and go.
function endsOf(app: App): Set<End> {
  const known = endings.get(app)
  if (known) return known
  const ends = new Set<End>()
  endings.set(app, ends)
  app.onUnmount(() => {
    for (const end of ends) end()
    ends.clear()
  })
  return ends
}
