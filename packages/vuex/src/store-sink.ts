import {
  land,
  landingWire,
  StatewireError,
  type AnyClient,
  type AnyWire,
  type Batch,
  type Call,
  type Sink,
  type TopicPart,
} from '@statewire/core'
import { LANDED, RESET, type Patch } from './connection-module.ts'
import { InitialValues } from './initial-values.ts'
import { flatView, locate, locator, toRaw } from './paths.ts'
import type { VuexStore } from './store.ts'

export interface StoreSinkOptions {
  /** The store, while it is there and the connection module is in it. */
  readonly store: () => VuexStore | undefined
  readonly client: AnyClient
  readonly namespace: string
  readonly wire: AnyWire
  readonly topics: readonly TopicPart[]
  readonly initial: (() => Patch) | undefined
  readonly resetOnSignOut: boolean
}

/** Writes one client's messages into one Vuex store. */
export class StoreSink implements Sink {
  readonly name = 'vuex'
  readonly #options: StoreSinkOptions
  readonly #initial: InitialValues
  readonly #typeOf: ReadonlyMap<Call, string>
  readonly #declared: readonly string[]
  readonly #missing = new Set<string>()

  constructor(options: StoreSinkOptions) {
    this.#options = options
    this.#initial = new InitialValues(options.initial, (cause) => this.#reportFailure('initial', cause))
    const landings = [options.wire, ...options.topics.map(landingWire)].flatMap(landingsOf)
    this.#typeOf = new Map(landings.flatMap(([type, landing]) => (isCall(landing) ? [[landing, type] as const] : [])))
    this.#declared = landings.flatMap(([, landing]) => (isCall(landing) ? [] : (landing.keys ?? [])))
  }

  /** Keeps what the paths that rules declare hold before the first message. */
  remember(store: VuexStore): void {
    this.#keep(store, this.#declared)
  }

  commit(batch: Batch): void {
    const store = this.#options.store()
    if (!store) return
    const view = flatView(store.state, (path) => store.hasModule([...path]))
    // Vue 2 does not notice new keys of a record, and strict mode would walk through all of it at each commit.
    const inPlace = !store.strict && toRaw(store.state) !== store.state
    const patch = batch.apply(view, { inPlace })
    const paths = Object.keys(patch)
    if (paths.length === 0) return
    this.#keep(store, paths)
    this.#mutate(store, LANDED, patch)
  }

  reset(): void {
    const store = this.#options.store()
    if (!store || !this.#options.resetOnSignOut) return
    const here = Object.entries(this.#initial.values()).filter(([path]) => locate(store.state, path))
    if (here.length > 0) this.#mutate(store, RESET, Object.fromEntries(here))
  }

  call(call: Call, data: unknown): unknown {
    const store = this.#options.store()
    if (!store) return undefined
    const isAction = call.kind === 'dispatch'
    const known = isAction ? store._actions : store._mutations
    if (known && !(call.call in known)) return this.#reportMissing(call)
    return isAction ? store.dispatch(call.call, data) : store.commit(call.call, data)
  }

  /** Writes a patch. Only ever called by the mutation. */
  write(store: VuexStore, patch: Patch): void {
    const find = locator(store.state)
    for (const path of Object.keys(patch)) {
      const place = find(path)
      // A throw in here, from a watcher that runs at once, would leave Vuex's strict mode off and the rest unwritten.
      try {
        if (place) land(place.holder, place.key, patch[path])
      } catch (cause) {
        this.#reportFailure(`a watcher of "${path}"`, cause)
      }
    }
  }

  #mutate(store: VuexStore, mutation: string, patch: Patch): void {
    store.commit(`${this.#options.namespace}/${mutation}`, patch)
  }

  #keep({ state }: VuexStore, paths: readonly string[]): void {
    for (const path of paths) {
      const place = this.#initial.has(path) ? undefined : locate(state, path)
      if (place) this.#initial.keep(path, place.holder[place.key])
    }
  }

  #reportFailure(what: string, cause: unknown): void {
    const where = `${what} of store "${this.name}"`
    this.#options.client.report(new StatewireError('CALLBACK', { where }, { cause }))
  }

  #reportMissing(call: Call): void {
    // One problem for each name, and not the last word: modules may be registered later.
    if (this.#missing.has(call.call)) return
    this.#missing.add(call.call)
    const messageType = this.#typeOf.get(call) ?? '*'
    this.#options.client.report(new StatewireError('NO_TARGET', { target: call.call, messageType, store: this.name }))
  }
}

type Landing = Call | { readonly keys?: readonly string[] }

// What is neither a rule nor a call passes by here: core refuses it.
function landingsOf(wire: AnyWire): readonly (readonly [type: string, landing: Landing])[] {
  return Object.entries(wire ?? {}).flatMap(([type, entry]) =>
    [entry ?? []].flat().map((landing) => [type, landing as Landing] as const),
  )
}

function isCall(landing: Landing): landing is Call {
  return typeof landing === 'object' && landing !== null
}
