import { isThenable, type Unsubscribe } from './lib/emitter.ts'
import type { Envelope } from './protocol/envelope.ts'

type Listener = (data: unknown, message: Envelope) => unknown
interface Entry {
  readonly listener: Listener
  active: boolean
}

const EVERYTHING_ELSE = '*'

/** Calls listeners by message type. A Map, so that `constructor` and `__proto__` are types like any other. */
export class MessageRouter {
  /** The arrays are replaced, never changed: a listener may unsubscribe itself or others while running. */
  #entries: Map<string, readonly Entry[]> | undefined
  readonly #onListenerError: (error: unknown, messageType: string) => void

  constructor(onListenerError: (error: unknown, messageType: string) => void) {
    this.#onListenerError = onListenerError
  }

  add(messageType: string, listener: Listener): Unsubscribe {
    const entry: Entry = { listener, active: true }
    const entries = (this.#entries ??= new Map<string, readonly Entry[]>())
    entries.set(messageType, [...(entries.get(messageType) ?? []), entry])
    return () => {
      entry.active = false
      const left = entries.get(messageType)?.filter((other) => other !== entry) ?? []
      if (left.length > 0) entries.set(messageType, left)
      else entries.delete(messageType)
    }
  }

  /** Whether anybody listens to messages of a type. */
  has(messageType: string): boolean {
    const entries = this.#entries
    return entries !== undefined && (entries.has(messageType) || entries.has(EVERYTHING_ELSE))
  }

  deliver(message: Envelope): void {
    const entries = this.#entries?.get(message.type) ?? this.#entries?.get(EVERYTHING_ELSE)
    if (!entries) return
    for (const entry of entries) if (entry.active) this.#call(entry.listener, message)
  }

  clear(): void {
    for (const entries of this.#entries?.values() ?? []) for (const entry of entries) entry.active = false
    this.#entries?.clear()
  }

  #call(listener: Listener, message: Envelope): void {
    try {
      const result = listener(message.data, message)
      if (isThenable(result)) result.then(undefined, (error: unknown) => this.#onListenerError(error, message.type))
    } catch (error) {
      this.#onListenerError(error, message.type)
    }
  }
}
