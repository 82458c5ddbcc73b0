import type { Signal, Signals, Unsubscribe } from '@statewire/core'
import { made } from './made.ts'

/** A page's lifecycle and network signals, told by the test. Visible and online unless set otherwise. */
export class FakeSignals implements Signals {
  /** What the host says about the network. Setting it emits nothing: real signals get lost too. */
  online = true
  /** Whether nobody can see the page. Setting it emits nothing. */
  hidden = false
  readonly #listeners = new Set<{ readonly listener: (signal: Signal) => void }>()

  constructor() {
    made({ signals: this })
  }

  on(listener: (signal: Signal) => void): Unsubscribe {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** Delivers a signal to all listeners. `online` and `hidden` are left as they are: set them first where they matter. */
  emit(signal: Signal): void {
    for (const { listener } of [...this.#listeners]) listener(signal)
  }

  /** How many listen now; 0 after everything was disposed of. */
  get listeners(): number {
    return this.#listeners.size
  }
}
