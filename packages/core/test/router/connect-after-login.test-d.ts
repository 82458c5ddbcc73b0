import { describe, expectTypeOf, it } from 'vitest'
import type { Router as Router5 } from 'vue-router'
import type { Router as Router4 } from 'vue-router4'
import type { AnyClient, Client } from '../../src/index.ts'
import { connectAfterLogin, type ConnectGuard, type GuardedClient } from '../../src/router/index.ts'

declare const client: AnyClient
declare const typed: Client<{ receive: { tick: number }; send: { say: string }; requests: object }>

/** The global guard of vue-router 3.6, from its `types/router.d.ts`; its package exists only beside Vue 2. */
type LegacyGuard = (to: { path: string; fullPath: string }, from: object, next: (to?: string) => void) => unknown

describe('connectAfterLogin types', () => {
  it('is a guard for the routers of all three versions', () => {
    const guard = connectAfterLogin(client, { user: () => 'ann' })
    expectTypeOf<ConnectGuard>().toExtend<Parameters<Router5['beforeEach']>[0]>()
    expectTypeOf<ConnectGuard>().toExtend<Parameters<Router4['beforeEach']>[0]>()
    expectTypeOf<ConnectGuard>().toExtend<LegacyGuard>()
    expectTypeOf(guard).toEqualTypeOf<ConnectGuard>()
  })

  it('takes a client of any protocol', () => {
    expectTypeOf(typed).toExtend<GuardedClient>()
    connectAfterLogin(typed, { user: () => null, wait: { timeoutMs: 3_000 } })
    connectAfterLogin(typed, { user: async () => 1, wait: false })
  })

  it('rejects a user that is no id, a bare wait, and no user at all', () => {
    // @ts-expect-error an object is no user id
    connectAfterLogin(client, { user: () => ({ id: 1 }) })
    // @ts-expect-error wait needs a time
    connectAfterLogin(client, { user: () => null, wait: true })
    // @ts-expect-error user is required
    connectAfterLogin(client, {})
  })
})
