/** Ends a subscription. Idempotent. */
export type Unsubscribe = () => void

type Listener<Payload> = (payload: Payload, extra: never) => unknown
interface Entry {
  readonly listener: (payload: unknown, extra: unknown) => unknown
  active: boolean
}

/** Delivers events to listeners, each isolated from the others' errors. */
export class Emitter<Events extends object> {
  /**
   * The arrays are replaced, never changed: a listener may unsubscribe itself or others while running. A Map, because names may
   * come from the wire, where `constructor` and `__proto__` are names like any other; made for the first listener.
   */
  #subscriptions: Map<keyof Events, readonly Entry[]> | undefined
  readonly #onListenerError: (error: unknown, name: keyof Events) => void

  constructor(onListenerError: (error: unknown, name: keyof Events) => void) {
    this.#onListenerError = onListenerError
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Unsubscribe {
    // Each call gets its own entry: subscribing one function twice and unsubscribing once leaves one subscription.
    const entry = { listener: listener as Entry['listener'], active: true }
    const subscriptions = (this.#subscriptions ??= new Map<keyof Events, readonly Entry[]>())
    subscriptions.set(name, [...(subscriptions.get(name) ?? []), entry])
    return () => {
      entry.active = false
      const left = subscriptions.get(name)?.filter((other) => other !== entry) ?? []
      if (left.length > 0) subscriptions.set(name, left)
      else subscriptions.delete(name)
    }
  }

  /** True when somebody listens: lets a hot path skip building a payload. */
  has(name: keyof Events): boolean {
    return this.#subscriptions?.has(name) ?? false
  }

  /** @param extra What listeners get besides. @returns Whether there are any */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name], extra?: unknown): boolean {
    const entries = this.#subscriptions?.get(name)
    if (!entries) return false
    for (const entry of entries) {
      // Checked, so that after `clear` from within a listener no other one is called.
      if (!entry.active) continue
      // By hand, not by `isolate`: a message costs no closure here.
      try {
        const result = entry.listener(payload, extra)
        if (isThenable(result)) result.then(undefined, (error: unknown) => this.#onListenerError(error, name))
      } catch (error) {
        this.#onListenerError(error, name)
      }
    }
    return true
  }

  clear(): void {
    for (const entries of this.#subscriptions?.values() ?? []) for (const entry of entries) entry.active = false
    this.#subscriptions?.clear()
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
