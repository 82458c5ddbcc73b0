import type { AnyClient } from '../client.ts'
import { systemClock, type Clock } from '../env/clock.ts'
import { hasPage } from '../env/page.ts'
import { StatewireError } from '../lib/errors.ts'

export type UserId = string | number

export interface ConnectAfterLoginOptions {
  /**
   * Says who is logged in, at each navigation; `null`, `undefined` or an empty string: nobody. A promise holds the navigation until it
   * settles. If it throws or rejects, that is a `problem` (`CALLBACK`), nothing changes and the navigation goes on.
   */
  user: () => UserId | null | undefined | Promise<UserId | null | undefined>
  /**
   * Holds navigation after a login until the connection is open, has given up, or `timeoutMs` milliseconds have passed;
   * then lets it through in any case. Later losses of the connection hold nothing.
   * @default false
   */
  wait?: false | { readonly timeoutMs: number }
  /** True where a page is only rendered and nothing may connect: the guard then does nothing. @default true where there is no `document` */
  ssr?: boolean
  /** Measures `wait`. For tests. @default the system's */
  clock?: Clock
}

/** The part of a client that the guard uses. Every client fits, whatever its protocol. */
export type GuardedClient = Pick<AnyClient, 'signIn' | 'signOut' | 'connect' | 'report' | 'on'>

/** A global guard as vue-router 3, 4 and 5 take it: `router.beforeEach(guard)`. */
export type ConnectGuard = (to: object, from: object) => Promise<void>

/**
 * Makes a navigation guard that ties a client to the login: the first navigation of a user signs in and connects, the
 * first one without a user signs out. That happens once per change of user, so a connection that has failed, or that
 * the application closed by `disconnect()`, stays as it is for the same user.
 *
 * @returns a guard for vue-router 3, 4 and 5 that never redirects and never stops a navigation.
 * @throws {StatewireError} `INVALID_OPTION` when `user` is not a function or `wait.timeoutMs` not a positive number.
 * @example
 * router.beforeEach(connectAfterLogin(client, { user: () => useUser().id ?? null }))
 */
export function connectAfterLogin(client: GuardedClient, options: ConnectAfterLoginOptions): ConnectGuard {
  const { user, wait = false, ssr = !hasPage(), clock = systemClock } = options
  assertOptions(user, wait)
  // undefined: no navigation has been seen yet, so that a first one without a user signs out a restored client.
  let current: UserId | null | undefined
  let held: Promise<void> | undefined
  let asked = 0
  let answered = 0

  // A sign-out by the application itself: whoever comes next, the same user included, signs in anew.
  client.on('reset', ({ reason }) => {
    if (reason === 'signOut') current = null
  })

  const change = (id: UserId | null): void => {
    if (Object.is(id, current)) return
    current = id
    held = undefined
    if (id === null) return client.signOut()
    client.signIn(id)
    const connected = client.connect()
    // Why it did not open is in the client's state; to the navigation it is all the same.
    const settled = connected.catch(() => {})
    if (wait) held = withinTime(settled, wait.timeoutMs, clock)
  }

  const follow = async (): Promise<void> => {
    const turn = ++asked
    const id = asUserId(await user())
    // An answer that a later navigation has overtaken is about the past.
    if (turn > answered) {
      answered = turn
      change(id)
    }
    await held
  }

  // vue-router 3 goes on when `next` is called, 4 and 5 when the promise settles; there, naming `next` as a parameter or
  // calling it prints a warning. Only the routes of 4 and 5 have an `href`.
  return async function connectGuard(to: object, _from: object): Promise<void> {
    if (!ssr) await follow().catch((error: unknown) => client.report(asProblem(error)))
    if (!('href' in to)) (arguments[2] as (() => void) | undefined)?.()
  }
}

function asUserId(id: unknown): UserId | null {
  if (id === null || id === undefined || id === '') return null
  if (typeof id === 'string' || typeof id === 'number') return id
  // Another object at each navigation would be another user each time.
  const expected = 'a function that gives a string, a number, or null for nobody'
  throw new StatewireError('INVALID_OPTION', { option: 'user', expected, received: id })
}

/** Settles with `promise` or after `timeoutMs`, whichever comes first, and leaves no timer behind. */
function withinTime(promise: Promise<void>, timeoutMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(timeoutMs, resolve)
    void promise.then(() => {
      cancel()
      resolve()
    })
  })
}

function asProblem(error: unknown): StatewireError {
  if (StatewireError.is(error)) return error
  return new StatewireError('CALLBACK', { where: 'user of connectAfterLogin' }, { cause: error })
}

function assertOptions(user: unknown, wait: unknown): void {
  if (typeof user !== 'function') {
    throw new StatewireError('INVALID_OPTION', { option: 'user', expected: 'a function', received: user })
  }
  if (wait === false) return
  const timeoutMs = (wait as { timeoutMs?: unknown } | null)?.timeoutMs
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) {
    throw new StatewireError('INVALID_OPTION', {
      option: 'wait.timeoutMs',
      expected: 'a positive number of milliseconds (or wait: false)',
      received: timeoutMs,
    })
  }
}
