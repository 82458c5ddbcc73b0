import type { Clock } from '../env.ts'
import { ServerError } from '../errors.ts'

interface Failed {
  readonly timeout: boolean
  readonly error: unknown
}

/** How a call of the application's code ended. `timeout`: it may still be running, nobody waits for it. */
export type Called<Value> = { readonly ok: true; readonly value: Value } | ({ readonly ok: false } & Failed)

/** Calls a function of the application. Never throws or rejects; answers at once when the function does. */
export function call<Value>(
  run: () => Value | Promise<Value>,
  timers: Pick<Clock, 'schedule'>,
  deadlineMs: number,
): Called<Value> | Promise<Called<Value>> {
  try {
    const value = run()
    return isPromise(value) ? bounded(value, timers, deadlineMs) : { ok: true, value }
  } catch (error) {
    return { ok: false, timeout: false, error }
  }
}

export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && typeof (value as Promise<Value>).then === 'function'
}

function bounded<Value>(
  value: Promise<Value>,
  timers: Pick<Clock, 'schedule'>,
  deadlineMs: number,
): Promise<Called<Value>> {
  return new Promise((resolve) => {
    const cancel = timers.schedule(deadlineMs, () => {
      resolve({ ok: false, timeout: true, error: new Error(`No answer within ${deadlineMs} ms.`) })
    })
    const settle = (called: Called<Value>): void => {
      cancel()
      resolve(called)
    }
    Promise.resolve(value).then(
      (given) => settle({ ok: true, value: given }),
      (error: unknown) => settle({ ok: false, timeout: false, error }),
    )
  })
}

/** What a client is told of a failed handler: only what a ServerError says, since other messages may hold internals. */
export function refusalOf({ timeout, error }: Failed): { readonly code: string; readonly message: string } {
  if (timeout) return { code: 'timeout', message: 'The server took too long over this message.' }
  if (!(error instanceof ServerError)) return { code: 'failed', message: 'The server failed on this message.' }
  return { code: error.code.slice(0, 64), message: error.message.slice(0, 1_000) }
}
