import { StatewireError, type AnyClient, type Batch, type Call, type Sink } from '@statewire/core'
import type { StateTree, StoreGeneric } from 'pinia'
import { plainView } from './initial-state.ts'
import { callsOf, keysOf, type AnyWire } from './wire-parts.ts'

export interface StoreSinkOptions {
  readonly store: StoreGeneric
  readonly client: AnyClient
  readonly wire: AnyWire
  readonly initial: () => StateTree
  readonly resetOnSignOut: boolean
}

/** Writes one client's messages into one store. */
export class StoreSink implements Sink {
  readonly name: string
  // Weak: a client outlives the stores of a server-side request, which nobody disposes.
  readonly #store: WeakRef<StoreGeneric>
  readonly #options: Omit<StoreSinkOptions, 'store'>
  /** Keys that messages may have changed: those that rules declare, and those seen in a commit. */
  readonly #wired: Set<string>

  constructor({ store, ...options }: StoreSinkOptions) {
    this.name = store.$id
    this.#store = new WeakRef(store)
    this.#options = options
    this.#wired = new Set(keysOf(options.wire))
  }

  /** Reports actions that the wire names and the store does not have; core does the same for state keys. */
  check(): void {
    const store = this.#store.deref()
    const { client, wire } = this.#options
    for (const { type, target } of callsOf(wire)) {
      if (typeof store?.[target] === 'function') continue
      client.report(new StatewireError('NO_TARGET', { target, messageType: type, store: this.name }))
    }
  }

  commit(batch: Batch): void {
    const store = this.#store.deref()
    if (store) this.#assign(store, batch.apply(plainView(store.$state)))
  }

  reset(): void {
    if (this.#options.resetOnSignOut) this.restore()
  }

  /** Puts the wired keys back to their initial values. */
  restore(): void {
    const store = this.#store.deref()
    if (!store) return
    const initial = this.#options.initial()
    this.#assign(
      store,
      Object.fromEntries([...this.#wired].filter((key) => key in initial).map((key) => [key, initial[key]])),
    )
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

  #assign(store: StoreGeneric, patch: StateTree): void {
    const keys = Object.keys(patch)
    if (keys.length === 0) return
    for (const key of keys) this.#wired.add(key)
    const failures: unknown[] = []
    try {
      store.$patch((state) => {
        // What throws in here (a synchronous effect) would leave Pinia deaf to later changes.
        for (const key of keys) attempt(() => void (state[key] = patch[key]), failures)
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

function attempt(write: () => void, failures: unknown[]): void {
  try {
    write()
  } catch (error) {
    failures.push(error)
  }
}
