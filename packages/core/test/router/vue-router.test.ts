import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import * as router5 from 'vue-router'
import * as router4 from 'vue-router4'
import { connectAfterLogin, type ConnectAfterLoginOptions, type UserId } from '../../src/router/index.ts'
import { createFakeClient } from './fake-client.ts'

/** What the three routers have in common, as far as these tests go. Redirects are given by the way of each version. */
interface Driver {
  readonly version: string
  guard(guard: (to: object, from: object) => Promise<void>): void
  /** Installs a second guard that sends `from` on to `to`. */
  redirect(from: string, to: string): void
  push(path: string): Promise<unknown>
  path(): string
}

function modern(name: string, { createRouter, createMemoryHistory }: typeof router5 | typeof router4): Driver {
  // The two versions' types differ in places that these tests do not touch.
  const create = createRouter as typeof router5.createRouter
  const router = create({
    history: createMemoryHistory(),
    routes: [{ path: '/:page*', component: {} }],
  })
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string }
  return {
    version,
    guard: (guard) => void router.beforeEach(guard),
    redirect: (from, to) => void router.beforeEach((route) => (route.path === from ? to : true)),
    push: (path) => router.push(path),
    path: () => router.currentRoute.value.path,
  }
}

/** As much of vue-router 3 as is used here; it lives, with Vue 2.7, in the example that needs it. */
interface LegacyRouter {
  beforeEach(guard: (to: { path: string }, from: object, next: (to?: string) => void) => unknown): void
  push(path: string): Promise<unknown>
  readonly currentRoute: { readonly path: string }
}

function legacy(): Driver {
  const require = createRequire(new URL('../../../../examples/vuex-legacy/package.json', import.meta.url))
  const Vue = require('vue') as { use(plugin: unknown): void }
  const VueRouter = require('vue-router') as { new (options: object): LegacyRouter; readonly version: string }
  Vue.use(VueRouter)
  const router = new VueRouter({ mode: 'abstract', routes: [{ path: '*', component: {} }] })
  return {
    version: VueRouter.version,
    guard: (guard) => router.beforeEach(guard),
    redirect: (from, to) => router.beforeEach((route, _from, next) => (route.path === from ? next(to) : next())),
    // In version 3 a redirected push rejects at once, and arrives later.
    push: (path) => router.push(path).catch(() => new Promise((resolve) => setImmediate(resolve))),
    path: () => router.currentRoute.path,
  }
}

describe.each([
  [5, () => modern('vue-router', router5)],
  [4, () => modern('vue-router4', router4)],
  [3, legacy],
])('connectAfterLogin on vue-router %i', (major, create) => {
  function setup(overrides: Partial<ConnectAfterLoginOptions> = {}) {
    const client = createFakeClient()
    const session: { id: UserId | null } = { id: null }
    const router = create()
    router.guard(connectAfterLogin(client, { user: () => session.id, ssr: false, ...overrides }))
    return { client, session, router }
  }

  it('is tested on that version', () => {
    expect(setup().router.version).toMatch(new RegExp(`^${major}\\.`))
  })

  it('connects once per user and signs out once, printing nothing', async () => {
    const { client, session, router } = setup()
    await router.push('/login')
    session.id = 'ann'
    await router.push('/a')
    await router.push('/b')
    session.id = null
    await router.push('/login')
    await router.push('/about')
    expect(client.calls).toEqual(['signOut', 'signIn "ann"', 'connect', 'signOut'])
    expect(router.path()).toBe('/about')
  })

  it('leaves the redirects of other guards alone', async () => {
    const { client, session, router } = setup()
    router.redirect('/private', '/login')
    session.id = 'ann'
    await router.push('/private')
    expect(router.path()).toBe('/login')
    expect(client.calls).toEqual(['signIn "ann"', 'connect'])
  })

  it('lets the navigation through when user throws', async () => {
    const { client, router } = setup({
      user: () => {
        throw new Error('no active store')
      },
    })
    await router.push('/a')
    expect(router.path()).toBe('/a')
    expect(client.problems).toMatchObject([{ code: 'CALLBACK' }])
  })

  it('holds the navigation until the connection is open', async () => {
    const { client, session, router } = setup({ wait: { timeoutMs: 60_000 } })
    await router.push('/login')
    session.id = 'ann'
    const navigation = router.push('/a')
    await new Promise((resolve) => setImmediate(resolve))
    expect(router.path()).toBe('/login')
    client.open()
    await navigation
    expect(router.path()).toBe('/a')
  })

  it('does nothing but let through on a server', async () => {
    const { client, router } = setup({ ssr: true })
    await router.push('/a')
    expect(router.path()).toBe('/a')
    expect(client.calls).toEqual([])
  })
})
