import type { AnyClient, Binding, BindOptions, Missed } from '@statewire/core'
import { StoreSink, type StoreSinkOptions } from './store-sink.ts'
import type { WireControl } from './types.ts'

export type BindingPart = Omit<StoreSinkOptions, 'store' | 'seen' | 'onResync'> & BindOptions

/** Everything that feeds one store: one binding per client. */
export class StoreBinding implements WireControl {
  #status: 'live' | 'paused' | 'stopped' = 'live'
  /** By client, the keys its messages changed: what a replaced wire wrote is still to be reset. */
  readonly #seen = new Map<AnyClient, Set<string>>()
  readonly #onResync = new Set<(resync: Missed) => unknown>()
  #parts: { readonly sink: StoreSink; readonly binding: Binding }[] = []

  /** Binds anew, in place of what was bound before; stays paused or stopped if it is. Binds all parts or, when one is refused, none. */
  bind(store: StoreSinkOptions['store'], parts: readonly BindingPart[]): void {
    if (this.#status === 'stopped') return
    this.#unbind()
    const onResync = this.#onResync
    try {
      for (const part of parts) {
        this.#add(new StoreSink({ store, seen: this.#seenOf(part.client), onResync, ...part }), part)
      }
    } catch (error) {
      this.#unbind()
      throw error
    }
    if (this.#status === 'paused') for (const { binding } of this.#parts) binding.pause()
  }

  pause(): void {
    if (this.#status !== 'live') return
    this.#status = 'paused'
    for (const { binding } of this.#parts) binding.pause()
  }

  resume(): void {
    if (this.#status !== 'paused') return
    this.#status = 'live'
    for (const { binding } of this.#parts) binding.resume()
  }

  onResync(listener: (resync: Missed) => unknown): () => void {
    // Its own function, so that one listener can be added twice.
    const heard = (resync: Missed): unknown => listener(resync)
    this.#onResync.add(heard)
    return () => void this.#onResync.delete(heard)
  }

  stop(): void {
    this.#status = 'stopped'
    this.#unbind()
  }

  /** Puts the wired keys back to their initial values, whatever client feeds them. */
  restore(): void {
    for (const { sink } of this.#parts) sink.restore()
  }

  #add(sink: StoreSink, { client, wire, channel, snapshot }: BindingPart): void {
    this.#parts.push({ sink, binding: client.bind(sink, wire, { channel, snapshot }) })
    sink.check()
  }

  #seenOf(client: AnyClient): Set<string> {
    const seen = this.#seen.get(client) ?? new Set()
    this.#seen.set(client, seen)
    return seen
  }

  #unbind(): void {
    for (const { binding } of this.#parts) binding.stop()
    this.#parts = []
  }
}
