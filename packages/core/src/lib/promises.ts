/** A promise that is settled from outside. */
export interface Settling<Value = void> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (reason: unknown) => void
}

/** Makes a promise that may be ignored. Until it is settled, `aborted` hears of the signal, which holds nothing of it afterwards. */
export function settling<Value = void>(signal?: AbortSignal, aborted?: (reason: unknown) => void): Settling<Value> {
  let settle!: Omit<Settling<Value>, 'promise'>
  const promise = handled(new Promise<Value>((resolve, reject) => (settle = { resolve, reject })))
  if (!signal) return { promise, ...settle }
  const abort = (): void => aborted?.(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const forgetting =
    <Outcome>(act: (outcome: Outcome) => void) =>
    (outcome: Outcome): void => {
      signal.removeEventListener('abort', abort)
      act(outcome)
    }
  return { promise, resolve: forgetting(settle.resolve), reject: forgetting(settle.reject) }
}

/** A promise that may be ignored: nobody awaiting it is no unhandled rejection. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}

export function rejected(reason: unknown): Promise<never> {
  return handled(Promise.reject(reason as Error))
}
