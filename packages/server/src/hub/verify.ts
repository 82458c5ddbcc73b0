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
  if (typeof user.id === 'string' && user.id !== '') return { kind: 'user', user }
  core.problem('authenticate', new TypeError('authenticate must return a user with an id that is a string, or null.'))
  return { kind: 'failed' }
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
