import { connectAfterLogin as guard, type ConnectAfterLoginOptions, type GuardedClient } from '@statewire/core/router'
import type { LiveSubscription } from './types.ts'

export type { LiveSubscription, SubscriptionApi } from './types.ts'
export type { GuardedClient, UserId } from '@statewire/core/router'

/** Who is logged in, and where nothing may connect. */
export type LoginOptions = Pick<ConnectAfterLoginOptions, 'user' | 'ssr'>

/**
 * Makes a subscription that ties a client to the login: at the start of the application and after each navigation it asks who is
 * logged in; a new user signs in and connects, nobody signs out. That happens once per change of user, so a connection that has
 * failed, or that the application closed, stays as it is for the same user. For umi 4, and for dva 2 and 3 as well.
 *
 * @throws {StatewireError} `INVALID_OPTION` when `user` is not a function.
 *
 * @example
 * export default {
 *   namespace: 'session',
 *   state: {},
 *   subscriptions: { live: connectAfterLogin(client, { user: () => localStorage.getItem('user') }) },
 * }
 */
export function connectAfterLogin(client: GuardedClient, options: LoginOptions): LiveSubscription {
  const ask = guard(client, options)
  return ({ history }) => {
    const follow = (): void => void ask(NO_ROUTE, NO_ROUTE)
    follow()
    // dva 2 calls back at once, with (location, action); umi 4 does not, and passes one object. Neither matters here.
    const end: unknown = history?.listen(() => follow())
    return typeof end === 'function' ? (end as () => void) : () => {}
  }
}

// A route with `href` is one that needs no `next`.
const NO_ROUTE = { href: '' }
