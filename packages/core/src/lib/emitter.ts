/** Ends a subscription. Idempotent. */
export type Unsubscribe = () => void

type Listener<Payload> = (payload: Payload) => unknown
interface Entry<Payload> {
  readonly listener: Listener<Payload>
  active: boolean
}
type Subscriptions<Events> = { [Name in keyof Events]?: readonly Entry<Events[Name]>[] }

/** Delivers events to listeners, each isolated from the others' errors. */
export class Emitter<Events extends object> {
  /** The arrays are replaced, never changed: a listener may unsubscribe itself or others while running. */
  #subscriptions: Subscriptions<Events> = {}
  readonly #onListenerError: (error: unknown, name: keyof Events) => void

  constructor(onListenerError: (error: unknown, name: keyof Events) => void) {
    this.#onListenerError = onListenerError
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Unsubscribe {
    // Each call gets its own entry: subscribing one function twice and unsubscribing once leaves one subscription.
    const entry = { listener, active: true }
    this.#subscriptions[name] = (this.#subscriptions[name] ?? []).concat(entry)
    return () => {
      entry.active = false
      this.#subscriptions[name] = this.#subscriptions[name]?.filter((other) => other !== entry) ?? []
    }
  }

  /** True when somebody listens: lets a hot path skip building a payload. */
  has(name: keyof Events): boolean {
    return (this.#subscriptions[name]?.length ?? 0) > 0
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    const entries = this.#subscriptions[name]
    if (!entries) return
    for (const entry of entries) {
      // Checked, so that after `clear` from within a listener no other one is called.
      if (!entry.active) continue
      isolate(
        () => entry.listener(payload),
        (error) => this.#onListenerError(error, name),
      )
    }
  }

  clear(): void {
    const all = Object.values(this.#subscriptions) as (readonly { active: boolean }[])[]
    for (const entry of all.flat()) entry.active = false
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
