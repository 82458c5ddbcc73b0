import { StatewireError, type AnyClient } from '@statewire/core'
import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { dvaStatewire } from '../src/index.ts'
import { hosts } from './hosts.ts'
import { setup, startApp } from './setup.ts'

const status = (app: ReturnType<typeof startApp>, key = 'connection') => app.state(key)['status']

describe('the plugin', () => {
  it.each(hosts)('shows the connection as state.connection in $name, from the start to the end', async (host) => {
    const world = setup()
    const app = startApp({ host, plugins: [dvaStatewire(world.client)] })
    expect(app.state('connection')).toEqual({ status: 'idle', attempt: 0, since: expect.any(Number) as unknown })
    const connected = app._store.dispatch({ type: 'connection/connect' }) as Promise<void>
    await expect(connected).resolves.toBeUndefined()
    expect(app.state('connection')).toEqual({ ...world.client.state, quality: world.client.quality })
    expect(app.actions.filter((type) => type === 'connection/changed').length).toBeLessThanOrEqual(3)
    world.server.stop()
    expect(app.state('connection')).toMatchObject({
      status: 'waiting',
      reason: 'closed',
      nextRetryAt: expect.any(Number) as unknown,
    })
    world.server.start()
    app._store.dispatch({ type: 'connection/retryNow' })
    await settle()
    expect(status(app)).toBe('open')
    await (app._store.dispatch({ type: 'connection/disconnect' }) as Promise<void>)
    expect(app.state('connection')).toMatchObject({ status: 'closed', reason: 'requested' })
  })

  it.each(hosts)('shows the connection as it is in $name, whatever the initial state says', async (host) => {
    const world = setup()
    await world.client.connect()
    const stale = { status: 'idle', attempt: 0, since: 0 }
    const app = startApp({
      host,
      plugins: [dvaStatewire(world.client)],
      hooks: { initialState: { connection: stale } },
    })
    await settle()
    expect(app.state('connection')).toEqual({ ...world.client.state, quality: world.client.quality })
  })

  it('sends what connection/send carries, and answers when it is handed over', async () => {
    const world = setup()
    const app = startApp({ plugins: [dvaStatewire(world.client)] })
    await world.client.connect()
    const payload = { type: 'say', data: { text: 'hello' } }
    await (app._store.dispatch({ type: 'connection/send', payload }) as Promise<void>)
    expect(world.server.received).toEqual([payload])
    expect(() => app._store.dispatch({ type: 'connection/send', payload: 'hello' })).toThrow(
      /"payload of "connection\/send""/,
    )
  })

  it('keeps plain data in the state', async () => {
    const world = setup()
    const app = startApp({ plugins: [dvaStatewire(world.client)] })
    await world.client.connect()
    expect(JSON.parse(JSON.stringify(app.state('connection')))).toEqual(app.state('connection'))
  })

  it('gives each of several clients its own key and actions', async () => {
    const [first, market] = [setup(), setup({ client: { name: 'market' } })]
    const app = startApp({ plugins: [dvaStatewire([first.client, market.client])] })
    await (app._store.dispatch({ type: 'connection:market/connect' }) as Promise<void>)
    expect([status(app), status(app, 'connection:market')]).toEqual(['idle', 'open'])
  })

  it('calls a single client the connection, whatever its name', () => {
    const { client } = setup({ client: { name: 'market' } })
    expect(status(startApp({ plugins: [dvaStatewire(client)] }))).toBe('idle')
  })

  it('refuses what is no client, and two of one name', () => {
    const { client } = setup()
    for (const clients of [[], [client, setup().client], undefined as unknown as AnyClient]) {
      expect(() => dvaStatewire(clients)).toThrow(StatewireError)
    }
  })

  it('hears nothing after the client was disposed', async () => {
    const { client } = setup()
    const app = startApp({ plugins: [dvaStatewire(client)] })
    await client.connect()
    client.dispose()
    app.actions.length = 0
    await client.connect().catch(() => {})
    expect(app.actions).toEqual([])
  })
})
