import {
  land,
  landingWire,
  StatewireError,
  type AnyClient,
  type AnyWire,
  type Batch,
  type BindOptions,
  type Call,
  type Missed,
  type Sink,
} from '@statewire/core'
import type { StateTree, StoreGeneric } from 'pinia'
import { toRaw } from 'vue'
import { plain, type InitialState } from './initial-state.ts'
import { callsOf, keysOf, writesAnyKey } from './wire-parts.ts'

export interface StoreSinkOptions {
  readonly store: StoreGeneric
  readonly client: AnyClient
  readonly wire: AnyWire
  readonly snapshot?: BindOptions['snapshot']
  readonly initial: InitialState
  /** Keys that other parts of the same store's wire declare. */
  readonly foreign: readonly string[]
  /** Keys that messages have changed. Added to. */
  readonly seen: Set<string>
  readonly resetOnSignOut: boolean
  /** Hear that messages of a channel are missing. */
  readonly onResync: ReadonlySet<(resync: Missed) => unknown>
}

/** Writes one client's messages into one store. */
export class StoreSink implements Sink {
  readonly name: string
  // Weak: a client outlives the stores of a server-side request, which nobody disposes.
  readonly #store: WeakRef<StoreGeneric>
  readonly #options: Omit<StoreSinkOptions, 'store'>
  /** The wire, and the snapshot's part in it. */
  readonly #wire: AnyWire

  constructor({ store, ...options }: StoreSinkOptions) {
    this.name = store.$id
    this.#store = new WeakRef(store)
    this.#options = options
    this.#wire = landingWire(options)
  }

  /** Reports actions that the wire names and the store does not have; core does the same for state keys. */
  check(): void {
    const store = this.#store.deref()
    const { client } = this.#options
    for (const { type, target } of callsOf(this.#wire)) {
      if (typeof store?.[target] === 'function') continue
      client.report(new StatewireError('NO_TARGET', { target, messageType: type, store: this.name }))
    }
  }

  commit(batch: Batch): void {
    const store = this.#store.deref()
    if (!store) return
    // Not by way of its proxy: at each flush that would take as long as the rules do.
    const raw = toRaw(store)
    const patch = batch.apply(toRaw(raw.$state), { inPlace: true, unwrap: plain })
    for (const key of Object.keys(patch)) this.#options.seen.add(key)
    this.#assign(raw, patch)
  }

  reset(): void {
    if (this.#options.resetOnSignOut) this.restore()
  }

  resync(resync: Missed): void {
    for (const listener of this.#options.onResync) {
      try {
        const result = listener(resync)
        if (result instanceof Promise)
          result.catch((cause: unknown) => this.#reportFailure(`onResync of store "${this.name}"`, cause))
      } catch (cause) {
        this.#reportFailure(`onResync of store "${this.name}"`, cause)
      }
    }
  }

  /** Puts the wired keys back to their initial values. */
  restore(): void {
    const store = this.#store.deref()
    if (!store) return
    const given = this.#given()
    const initial: StateTree = { ...this.#options.initial.base(), ...given }
    const keys = this.#wired(given).filter((key) => key in initial)
    this.#assign(store, Object.fromEntries(keys.map((key) => [key, initial[key]])))
  }

  call({ call: name }: Call, data: unknown): void {
    const store = this.#store.deref()
    const target: unknown = store?.[name]
    if (typeof target !== 'function') return
    const failed = (cause: unknown): void => this.#reportFailure(`action "${name}" of store "${this.name}"`, cause)
    try {
      const result: unknown = target.call(store, data)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  #given(): StateTree {
    try {
      return this.#options.initial.given()
    } catch (error) {
      this.#reportFailure(`wireInitial of store "${this.name}"`, error)
      return {}
    }
  }

  /**
   * Keys that messages may have changed: those that rules declare, those seen in a commit, and, since a function does not declare
   * its own (persistence may have brought them back unseen), those the application gave initial values for.
   */
  #wired(given: StateTree): string[] {
    const { seen, foreign } = this.#options
    const wire = this.#wire
    const undeclared = writesAnyKey(wire) ? Object.keys(given).filter((key) => !foreign.includes(key)) : []
    return [...new Set([...keysOf(wire), ...seen, ...undeclared])]
  }

  #assign(store: StoreGeneric, patch: StateTree): void {
    const keys = Object.keys(patch)
    if (keys.length === 0) return
    const failures: unknown[] = []
    try {
      store.$patch((state) => {
        // What throws in here (a synchronous effect) would leave Pinia deaf to later changes.
        for (const key of keys) {
          try {
            land(state, key, patch[key])
          } catch (error) {
            failures.push(error)
          }
        }
      })
    } catch (error) {
      failures.push(error)
    }
    for (const cause of failures) this.#reportFailure(`a subscriber of store "${this.name}"`, cause)
  }

  #reportFailure(where: string, cause: unknown): void {
    this.#options.client.report(new StatewireError('CALLBACK', { where }, { cause }))
  }
}
