import type { IncomingMessage } from 'node:http'
import { call } from './call.ts'
import type { HubCore } from './core.ts'
import type { User } from './types.ts'

/** What came of a token. `failed`: nobody can say at the moment. */
export type Verified<U extends User> =
  { readonly kind: 'user'; readonly user: U } | { readonly kind: 'refused' } | { readonly kind: 'failed' }

/** Asks the application whose token this is. Never rejects. */
export async function verify<U extends User>(
  core: HubCore<U>,
  token: unknown,
  request: IncomingMessage,
): Promise<Verified<U>> {
  const { authenticate, limits } = core.options
  if (!authenticate) return { kind: 'user', user: ANONYMOUS as U }
  if (typeof token !== 'string') return { kind: 'refused' }
  const called = await call(() => authenticate(token, { request }), core.timers, limits.authMs)
  if (!called.ok) {
    core.problem('authenticate', called.error)
    return { kind: 'failed' }
  }
  const user = called.value
  if (user === null || user === undefined) return { kind: 'refused' }
  const wrong = wrongWith(user)
  if (wrong === undefined) return { kind: 'user', user }
  core.problem('authenticate', new TypeError(`authenticate must return a user with ${wrong}, or null.`))
  return { kind: 'failed' }
}

function wrongWith({ id, tokenTtlMs = Infinity }: User): string | undefined {
  if (typeof id !== 'string' || id === '') return 'an id that is a string'
  // No number is no time: taken for "for ever", it would let expired tokens in.
  if (typeof tokenTtlMs !== 'number' || Number.isNaN(tokenTtlMs)) return 'a tokenTtlMs that is a number'
  return undefined
}

/** How long a user's token is good for, as clients can read it: whole milliseconds, at least one; undefined: for ever. */
export function tokenTtl({ tokenTtlMs = Infinity }: User): number | undefined {
  return tokenTtlMs === Infinity ? undefined : Math.min(Math.max(1, Math.floor(tokenTtlMs)), Number.MAX_SAFE_INTEGER)
}

/** Asks the application whether a user may; undefined: nobody can say at the moment. */
export async function mayUse<U extends User>(
  core: HubCore<U>,
  access: { readonly user: U; readonly topic: string; readonly action: 'publish' | 'subscribe' },
): Promise<boolean | undefined> {
  const { authorize, limits } = core.options
  const called = await call(() => authorize(access), core.timers, limits.handlerMs)
  if (called.ok) return called.value === true
  core.problem('authorize', called.error)
  return undefined
}

export const ANONYMOUS: User = Object.freeze({ id: 'anonymous' })
