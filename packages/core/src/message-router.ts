import type { Unsubscribe } from './lib/emitter.ts'
import { isolate } from './lib/emitter.ts'
import type { Envelope } from './protocol/envelope.ts'

type Listener = (data: unknown, message: Envelope) => unknown
interface Entry {
  readonly listener: Listener
}

const EVERYTHING_ELSE = '*'

/** Calls listeners by message type. A Map, so that `constructor` and `__proto__` are types like any other. */
export class MessageRouter {
  readonly #entries = new Map<string, Set<Entry>>()
  readonly #onListenerError: (error: unknown, messageType: string) => void

  constructor(onListenerError: (error: unknown, messageType: string) => void) {
    this.#onListenerError = onListenerError
  }

  add(messageType: string, listener: Listener): Unsubscribe {
    const entry = { listener }
    const entries = this.#entries.get(messageType) ?? new Set()
    this.#entries.set(messageType, entries.add(entry))
    return () => {
      entries.delete(entry)
      if (entries.size === 0 && this.#entries.get(messageType) === entries) this.#entries.delete(messageType)
    }
  }

  deliver(message: Envelope): void {
    const entries = this.#entries.get(message.type) ?? this.#entries.get(EVERYTHING_ELSE)
    if (!entries) return
    // Copied, so that a listener may unsubscribe itself or others while running.
    for (const entry of [...entries]) {
      // Checked, so that after `dispose` from within a listener no other one is called.
      if (!entries.has(entry)) continue
      isolate(
        () => entry.listener(message.data, message),
        (error) => this.#onListenerError(error, message.type),
      )
    }
  }

  clear(): void {
    for (const entries of this.#entries.values()) entries.clear()
    this.#entries.clear()
  }
}
