import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { piniaStatewire, useConnection } from '../src/index.ts'
import { connectedClient, createHeadlessApp, setup } from './setup.ts'

describe('useConnection', () => {
  it('follows the connection', async () => {
    const { pinia, server, clock } = await setup()
    const connection = useConnection(pinia)
    expect(connection).toMatchObject({ status: 'open', reason: undefined, nextRetryAt: undefined })
    server.stop()
    expect(connection).toMatchObject({ status: 'waiting', reason: 'closed', attempt: 2 })
    expect(connection.nextRetryAt).toBeGreaterThan(clock.now())
    expect(connection.since).toBe(clock.now())
  })

  it('connects, disconnects and retries', async () => {
    const { pinia, client, server } = await setup()
    const connection = useConnection(pinia)
    await connection.disconnect()
    expect([client.state.status, connection.status, connection.reason]).toEqual(['closed', 'closed', 'requested'])
    await connection.connect()
    expect([client.state.status, connection.status]).toEqual(['open', 'open'])
    server.stop()
    server.start()
    expect(connection.status).toBe('waiting')
    connection.retryNow()
    await client.connect()
    expect(connection.status).toBe('open')
  })

  it('tells subscribers once for each change of state', async () => {
    const { pinia, client } = await setup()
    const connection = useConnection(pinia)
    const seen: string[] = []
    connection.$subscribe((_, { status }) => seen.push(status))
    const states: string[] = []
    client.on('state', ({ status }) => states.push(status))
    await client.disconnect()
    expect(seen).toEqual(states)
  })

  it('says how far live data can be trusted to be live', async () => {
    const { pinia, server, clock, send } = await setup()
    const connection = useConnection(pinia)
    expect([connection.quality, connection.latencyMs]).toEqual(['good', undefined])
    for (let beat = 0; beat < 2; beat++) {
      await send(['heartCheck'])
      clock.advance(1_000)
    }
    clock.advance(3_000)
    expect(connection.quality).toBe('slow')
    server.stop()
    expect([connection.status, connection.quality]).toEqual(['waiting', undefined])
  })

  it('is a plain, serialisable store of the id "connection", or "connection:name" for a named client', async () => {
    const market = await connectedClient({ name: 'market' })
    const { pinia } = await setup({ others: { market: market.client } })
    const [own, other] = [useConnection(pinia), useConnection('market', pinia)]
    expect([own.$id, other.$id]).toEqual(['connection', 'connection:market'])
    await market.client.disconnect()
    expect([own.status, other.status]).toEqual(['open', 'closed'])
    const { status, attempt, since, quality } = own
    expect(JSON.parse(JSON.stringify(pinia.state.value['connection']))).toEqual({
      status,
      attempt,
      since,
      quality,
    })
  })

  it('stays apart in several Pinias', async () => {
    const first = await setup()
    const second = await setup()
    await first.client.disconnect()
    expect([useConnection(first.pinia).status, useConnection(second.pinia).status]).toEqual(['closed', 'open'])
  })

  it('stops to follow when the app is unmounted', async () => {
    const { pinia, app, client } = await setup()
    app.mount({})
    const connection = useConnection(pinia)
    app.unmount()
    await client.disconnect()
    expect(connection.status).toBe('open')
  })

  it('says what is missing without the plugin, and which clients there are', async () => {
    const pinia = createPinia()
    createHeadlessApp().use(pinia)
    expect(() => useConnection(pinia)).toThrow(/^useConnection\(\) without the plugin is not supported here\./)
    const { pinia: other } = await setup()
    expect(() => useConnection('market', other)).toThrow(
      'Option "useConnection(name)" must be "default", received "market".',
    )
  })

  it.each([[null], [5], [{}]])('refuses %j as a Pinia', async (wrong) => {
    const { pinia } = await setup()
    setActivePinia(pinia)
    const code = 'INVALID_OPTION'
    expect(() => useConnection(wrong as never)).toThrow(expect.objectContaining({ code }))
    expect(() => useConnection('default', wrong as never)).toThrow(expect.objectContaining({ code }))
  })

  it('finds the active Pinia like any store', async () => {
    const { client } = await connectedClient()
    const pinia = createPinia().use(piniaStatewire({ default: client }))
    createApp({}).use(pinia)
    setActivePinia(pinia)
    expect(useConnection().status).toBe('open')
  })
})
