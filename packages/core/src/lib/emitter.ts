/** Ends a subscription. Idempotent. */
export type Unsubscribe = () => void

type Listener<Payload> = (payload: Payload) => unknown
type OnListenerError<Events> = (error: unknown, name: keyof Events, payload: Events[keyof Events]) => void

interface Entry {
  readonly listener: Listener<never>
  active: boolean
}

/** Delivers events to listeners, each isolated from the others' errors. */
export class Emitter<Events extends object> {
  /**
   * A Map, so that `constructor` and `__proto__` are names like any other. The arrays are replaced, never changed: a listener may
   * unsubscribe itself or others while running.
   */
  readonly #entries = new Map<keyof Events, readonly Entry[]>()
  readonly #onListenerError: OnListenerError<Events>

  constructor(onListenerError: OnListenerError<Events>) {
    this.#onListenerError = onListenerError
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Unsubscribe {
    // Each call gets its own entry: subscribing one function twice and unsubscribing once leaves one subscription.
    const entry: Entry = { listener, active: true }
    this.#entries.set(name, [...(this.#entries.get(name) ?? []), entry])
    return () => {
      entry.active = false
      const left = this.#entries.get(name)?.filter((other) => other !== entry) ?? []
      if (left.length > 0) this.#entries.set(name, left)
      else this.#entries.delete(name)
    }
  }

  /** True when somebody listens: lets a hot path skip building a payload. */
  has(name: keyof Events): boolean {
    return this.#entries.has(name)
  }

  /** Returns whether anybody listens. */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): boolean {
    const entries = this.#entries.get(name)
    if (!entries) return false
    for (const entry of entries) if (entry.active) this.#call(entry.listener, name, payload)
    return true
  }

  clear(): void {
    for (const entries of this.#entries.values()) for (const entry of entries) entry.active = false
    this.#entries.clear()
  }

  // By hand, not by `isolate`: this runs for every message, and allocates nothing.
  #call<Name extends keyof Events>(listener: Listener<Events[Name]>, name: Name, payload: Events[Name]): void {
    try {
      const result = listener(payload)
      if (isThenable(result)) result.then(undefined, (error: unknown) => this.#onListenerError(error, name, payload))
    } catch (error) {
      this.#onListenerError(error, name, payload)
    }
  }
}

/** Runs a user's callback; what it throws, or what the promise it returns rejects with, goes to `onError`. */
export function isolate(callback: () => unknown, onError: (error: unknown) => void): void {
  try {
    const result = callback()
    if (isThenable(result)) result.then(undefined, onError)
  } catch (error) {
    onError(error)
  }
}

/** True for promises of any make. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
