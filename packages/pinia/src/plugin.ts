import { landingWire, type Missed } from '@statewire/core'
import { markRaw } from 'vue'
import type { Pinia, PiniaPlugin, PiniaPluginContext, StoreGeneric } from 'pinia'
import { Clients, type ClientsOption } from './clients.ts'
import { connectionName, followConnection } from './connection-store.ts'
import { initialStateOf } from './initial-state.ts'
import { invalidOption } from './invalid-option.ts'
import { endWith } from './lifetime.ts'
import { StoreBinding, type BindingPart } from './store-binding.ts'
import { keysOf, wireParts } from './wire-parts.ts'

export interface PiniaStatewireOptions {
  /**
   * Puts wired state back to its initial values on `client.signOut()` and when another user signs in.
   *
   * @default true
   */
  resetOnSignOut?: boolean
}

/** Prefix of the ids of the stores that Pinia makes while it replaces a module. */
const HOT = '__hot:'

/**
 * Lets live messages land in Pinia stores, as their option `wire` says.
 *
 * @param clients One client, an array, or an object of clients by name.
 * @throws {StatewireError} `INVALID_OPTION` when `clients` is none of these or an option is wrong; and at a store's creation, when it names a client that is
 * not among them.
 *
 * @example
 * const pinia = createPinia().use(piniaStatewire(client))
 */
export function piniaStatewire(clients: ClientsOption, options: PiniaStatewireOptions = {}): PiniaPlugin {
  const resetOnSignOut = resolveReset(options)
  const known = new Clients(clients)
  const bindings = new WeakMap<Pinia, Map<string, Bound>>()

  return (context) => {
    const bound = mapOf(bindings, context.pinia)
    const parts = partsOf(context, known, resetOnSignOut)
    if (context.store.$id.startsWith(HOT)) return rebind(bound.get(context.store.$id.slice(HOT.length)), parts)

    const connection = connectionName(context.options)
    if (connection !== undefined) followConnection(context, known.get(connection.name, 'useConnection(name)'))
    return bind(context, parts, bound)
  }
}

function resolveReset(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', 'an object', options)
  const { resetOnSignOut = true } = options as { readonly resetOnSignOut?: unknown }
  if (typeof resetOnSignOut !== 'boolean') throw invalidOption('resetOnSignOut', 'true or false', resetOnSignOut)
  return resetOnSignOut
}

interface Bound {
  readonly store: WeakRef<StoreGeneric>
  readonly binding: StoreBinding
}

function bind(context: PiniaPluginContext, parts: readonly BindingPart[], bound: Map<string, Bound>) {
  const { store, options } = context
  const binding = new StoreBinding()
  endWith(context, () => binding.stop())
  bound.set(store.$id, { store: new WeakRef(store), binding })
  binding.bind(store, parts)
  const $wire = markRaw({
    pause: () => binding.pause(),
    resume: () => binding.resume(),
    stop: () => binding.stop(),
    onResync: (listener: (resync: Missed) => unknown) => binding.onResync(listener),
  })
  const isSetupStore = options.state === undefined
  const hasOwnReset = '$reset' in options.actions
  return isSetupStore && parts.length > 0 && !hasOwnReset ? { $wire, $reset: () => binding.restore() } : { $wire }
}

/** The live store of a replaced module goes on with the new wire. */
function rebind(live: Bound | undefined, parts: readonly BindingPart[]): void {
  // Pinia gives the live store its new keys and actions right after the plugins have run.
  queueMicrotask(() => {
    const store = live?.store.deref()
    if (store) live?.binding.bind(store, parts)
  })
}

function partsOf({ store, options }: PiniaPluginContext, known: Clients, resetOnSignOut: boolean): BindingPart[] {
  const parts = wireParts(options)
  if (parts.length === 0) return []
  const { wireInitial } = options
  if (wireInitial !== undefined && typeof wireInitial !== 'function') {
    throw invalidOption(`wireInitial of store "${store.$id}"`, 'a function', wireInitial)
  }
  const initial = initialStateOf(options, store.$state)
  return parts.map(({ client, wire, channel, snapshot }, index) => ({
    client: known.get(client, `wireClient of store "${store.$id}"`),
    wire,
    channel,
    snapshot,
    initial,
    foreign: parts.flatMap((part, other) => (other === index ? [] : keysOf(landingWire(part)))),
    resetOnSignOut,
  }))
}

function mapOf(bindings: WeakMap<Pinia, Map<string, Bound>>, pinia: Pinia): Map<string, Bound> {
  const known = bindings.get(pinia)
  if (known) return known
  const created = new Map<string, Bound>()
  bindings.set(pinia, created)
  return created
}
