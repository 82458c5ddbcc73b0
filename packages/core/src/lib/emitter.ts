/** Ends a subscription. Idempotent. */
export type Unsubscribe = () => void

type Listener<Payload> = (payload: Payload) => unknown
type Subscriptions<Events> = { [Name in keyof Events]?: Set<{ readonly listener: Listener<Events[Name]> }> }

/** Delivers events to listeners, each isolated from the others' errors. */
export class Emitter<Events extends object> {
  #subscriptions: Subscriptions<Events> = {}
  readonly #onListenerError: (error: unknown, name: keyof Events) => void

  constructor(onListenerError: (error: unknown, name: keyof Events) => void) {
    this.#onListenerError = onListenerError
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Unsubscribe {
    // Each call gets its own entry: subscribing one function twice and unsubscribing once leaves one subscription.
    const entry = { listener }
    const entries = (this.#subscriptions[name] ??= new Set())
    entries.add(entry)
    return () => void entries.delete(entry)
  }

  /** True when somebody listens: lets a hot path skip building a payload. */
  has(name: keyof Events): boolean {
    return (this.#subscriptions[name]?.size ?? 0) > 0
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    const entries = this.#subscriptions[name]
    if (!entries || entries.size === 0) return
    // Copied, so that a listener may unsubscribe itself or others while running.
    for (const entry of [...entries]) {
      // Checked, so that after `clear` from within a listener no other one is called.
      if (!entries.has(entry)) continue
      isolate(
        () => entry.listener(payload),
        (error) => this.#onListenerError(error, name),
      )
    }
  }

  clear(): void {
    for (const entries of Object.values(this.#subscriptions) as Set<unknown>[]) entries.clear()
    this.#subscriptions = {}
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
