import type { GuardedClient, UserId } from '../../src/router/index.ts'
import type { StatewireError } from '../../src/index.ts'

export interface FakeClient extends GuardedClient {
  /** What the guard asked for, in order. */
  readonly calls: string[]
  readonly problems: StatewireError[]
  /** Settles the last `connect()`. */
  open(): void
  fail(): void
  /** The application signs out by itself. */
  reset(): void
}

/** The guard's view of a client; connections settle by hand. */
export function createFakeClient(): FakeClient {
  const calls: string[] = []
  const problems: StatewireError[] = []
  const resets: ((payload: never) => unknown)[] = []
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined
  return {
    calls,
    problems,
    signIn: (id: UserId) => void calls.push(`signIn ${JSON.stringify(id)}`),
    signOut() {
      calls.push('signOut')
      settle?.reject(new Error('CLOSED'))
    },
    connect() {
      calls.push('connect')
      return new Promise<void>((resolve, reject) => {
        settle = { resolve, reject }
      })
    },
    report: (error) => void problems.push(error),
    open: () => settle?.resolve(),
    fail: () => settle?.reject(new Error('FAILED')),
    on(name, listener) {
      if (name === 'reset') resets.push(listener)
      return () => {}
    },
    reset: () => resets.forEach((listener) => listener({ reason: 'signOut' } as never)),
  }
}
