/** A promise that is settled from outside. */
export interface Settling {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Makes a promise that may be ignored. Until it is settled, `aborted` hears of the signal, which holds nothing of it afterwards. */
export function settling(signal?: AbortSignal, aborted?: (reason: unknown) => void): Settling {
  let settle!: Pick<Settling, 'resolve' | 'reject'>
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }))
  promise.catch(() => {})
  if (!signal) return { promise, ...settle }
  const abort = (): void => aborted?.(signal.reason)
  const forget = (): void => signal.removeEventListener('abort', abort)
  signal.addEventListener('abort', abort, { once: true })
  const { resolve, reject } = settle
  return {
    promise,
    resolve: () => {
      forget()
      resolve()
    },
    reject: (reason) => {
      forget()
      reject(reason)
    },
  }
}
