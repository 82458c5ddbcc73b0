import type { Binding } from '@statewire/core'
import { StoreSink, type StoreSinkOptions } from './store-sink.ts'
import type { WireControl } from './types.ts'

export type BindingPart = Omit<StoreSinkOptions, 'store'>

/** Everything that feeds one store: one binding per client. */
export class StoreBinding implements WireControl {
  #status: 'live' | 'paused' | 'stopped' = 'live'
  #parts: { readonly sink: StoreSink; readonly binding: Binding }[] = []

  /** Binds anew, in place of what was bound before; stays paused or stopped if it is. */
  bind(store: StoreSinkOptions['store'], parts: readonly BindingPart[]): void {
    if (this.#status === 'stopped') return
    this.#unbind()
    this.#parts = parts.map((part) => {
      const sink = new StoreSink({ store, ...part })
      const binding = part.client.bind(sink, part.wire)
      sink.check()
      return { sink, binding }
    })
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

  stop(): void {
    this.#status = 'stopped'
    this.#unbind()
  }

  /** Puts the wired keys back to their initial values, whatever client feeds them. */
  restore(): void {
    for (const { sink } of this.#parts) sink.restore()
  }

  #unbind(): void {
    for (const { binding } of this.#parts) binding.stop()
    this.#parts = []
  }
}
