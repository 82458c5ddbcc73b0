import { onScopeDispose, type App } from 'vue'
import type { Pinia, PiniaPluginContext } from 'pinia'

type End = () => void

const endings = new WeakMap<App, Set<End>>()

// Pinia itself names the app that used it last, which may be a dialog's that soon is gone.
const owners = new WeakMap<Pinia, App>()

// On a server, stores are dropped without being disposed; what a client still holds for them ends when they are collected.
const collected = new FinalizationRegistry<End>((end) => end())

/**
 * Calls `end` when a store ends: with its effect scope (`$dispose`, the end of its Pinia), with the unmount of the app its
 * Pinia belongs to (the first that was seen and is not unmounted), or when it was dropped and collected. `end` MUST be
 * idempotent and MUST NOT hold the store. Call it inside a Pinia plugin.
 */
export function endWith({ store, app, pinia }: Pick<PiniaPluginContext, 'store' | 'app' | 'pinia'>, end: End): void {
  const ends = endsOf(ownerOf(pinia, app))
  ends.add(end)
  collected.register(store, end)
  onScopeDispose(() => {
    ends.delete(end)
    end()
  })
}

function ownerOf(pinia: Pinia, app: App): App {
  const known = owners.get(pinia)
  if (known && endings.has(known)) return known
  owners.set(pinia, app)
  return app
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
    endings.delete(app)
  })
  return ends
}
