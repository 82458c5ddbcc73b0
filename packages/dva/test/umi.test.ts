import { latest } from '@statewire/core'
import { settle } from '@statewire/testing'
import { describe, expect, it, vi } from 'vitest'
import { createStreamModel } from '../src/index.ts'
import { connectAfterLogin } from '../src/umi.ts'
import { bareCore, hosts, type App } from './hosts.ts'
import { setup, startApp, type Setup } from './setup.ts'

/** History as umi 4 hands it out: it does not call back at once, and passes one object. */
function createUmiHistory() {
  const listeners = new Set<(update: { location: object; action: string }) => void>()
  return {
    listeners,
    push: (pathname: string) => {
      for (const listener of listeners) listener({ location: { pathname }, action: 'PUSH' })
    },
    listen: (listener: (update: object) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** An application whose models, subscriptions included, are all there before anybody has logged in. */
function start(world: Setup, options: Parameters<typeof startApp>[0] = {}) {
  const login: { user: string | null } = { user: null }
  const monitor = createStreamModel(world.client, {
    namespace: 'monitor',
    state: { last: null },
    wire: { last: latest('last') },
  })
  const session = {
    namespace: 'session',
    state: {},
    subscriptions: { live: connectAfterLogin(world.client, { user: () => login.user, ssr: false }) },
  }
  return { login, app: startApp({ ...options, models: [monitor, session] }) }
}

function startUmi(world: Setup) {
  const history = createUmiHistory()
  const umi = {
    name: 'umi 4',
    create: (hooks: object): App => {
      const app = bareCore.create(hooks)
      return Object.assign(app, { _history: history })
    },
  }
  return { history, ...start(world, { host: umi }) }
}

describe('connectAfterLogin', () => {
  it('connects at the first navigation after the login, with models that started before it, and lands messages', async () => {
    const world = setup({ server: { token: 'secret' }, client: { auth: { token: () => 'secret' } } })
    const { app, login, history } = startUmi(world)
    await settle()
    expect(world.client.state.status).toBe('idle')
    login.user = 'ann'
    history.push('/')
    await settle()
    expect(world.client.state.status).toBe('open')
    await world.send(['last', 1])
    expect(app.state('monitor')).toEqual({ last: 1 })
  })

  it('connects at once where somebody is logged in already', async () => {
    const world = setup()
    const history = createUmiHistory()
    const session = { subscriptions: connectAfterLogin(world.client, { user: () => 'ann', ssr: false }) }
    session.subscriptions({ dispatch: () => {}, history })
    await settle()
    expect(world.client.state.status).toBe('open')
  })

  it('disconnects and puts state back at the first navigation after the logout', async () => {
    const world = setup()
    const { app, login, history } = startUmi(world)
    login.user = 'ann'
    history.push('/')
    await settle()
    await world.send(['last', 1])
    login.user = null
    history.push('/login')
    await settle()
    expect(world.client.state).toMatchObject({ status: 'closed', reason: 'requested' })
    expect(app.state('monitor')).toEqual({ last: null })
  })

  it('leaves a connection that the application closed alone, however often the same user navigates', async () => {
    const world = setup()
    const { login, history } = startUmi(world)
    login.user = 'ann'
    history.push('/')
    await settle()
    await world.client.disconnect()
    history.push('/other')
    await settle()
    expect(world.client.state.status).toBe('closed')
    expect(world.network.transports).toHaveLength(1)
  })

  it('no longer listens once the model has gone', () => {
    const world = setup()
    const { app, history } = startUmi(world)
    expect(history.listeners.size).toBe(1)
    app.unmodel('session')
    expect(history.listeners.size).toBe(0)
  })

  it.each(hosts.filter((host) => host !== bareCore))(
    'follows the history of $name, which calls at once',
    async (host) => {
      vi.useFakeTimers()
      try {
        const world = setup()
        const { app, login } = start(world, { host })
        await settle()
        expect(world.client.state.status).toBe('idle')
        login.user = 'ann'
        app._history?.push('/')
        // dva hands navigations on one task later.
        vi.advanceTimersByTime(0)
        await settle()
        expect(world.client.state.status).toBe('open')
      } finally {
        vi.useRealTimers()
      }
    },
  )

  it('asks once where there is no history', async () => {
    const world = setup()
    const end = connectAfterLogin(world.client, { user: () => 'ann', ssr: false })({ dispatch: () => {} })
    await settle()
    expect(world.client.state.status).toBe('open')
    end()
  })
})
