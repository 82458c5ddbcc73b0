import { describe, expect, it } from 'vitest'
import { connected, setup, withToken, type Setup } from '../client-setup.ts'

/** Lets a minute pass in which every link ends as soon as `misbehave` sees it, with chances that are the same each time. */
async function storm({ network, random, pass }: Setup, misbehave: () => void, seconds: number): Promise<number> {
  let seed = 42
  for (let ms = 0; ms < seconds * 1_000; ms += 20) {
    seed = (seed * 48_271) % 2_147_483_647
    random.value = seed / 2_147_483_647
    misbehave()
    await pass(20, 20)
  }
  return network.transports.length
}

describe('a misbehaving server', () => {
  it('F27 closes 1000 right after open, for ever: at most 20 attempts in 60 s, further and further apart', async () => {
    const world = setup()
    void world.client.connect()
    const attempts = await storm(world, () => world.server.connections[0]?.close(1000), 60)
    expect(attempts).toBeGreaterThan(3)
    expect(attempts).toBeLessThanOrEqual(20)
  })

  it('F28 accepts auth and drops after 20 ms, for ever: at most 20 attempts in 60 s and 10 in the first 12 s', async () => {
    const world = setup({ server: { token: 'secret' }, client: withToken('secret') })
    void world.client.connect()
    const drop = (): void => {
      for (const connection of world.server.connections) if (connection.authenticated) connection.close()
    }
    expect(await storm(world, drop, 12)).toBeLessThanOrEqual(10)
    expect(await storm(world, drop, 48)).toBeLessThanOrEqual(20)
    expect(world.states.some(({ status }) => status === 'open')).toBe(true)
  })

  it('F29 accepts and drops before auth, for ever: at most 20 attempts in 60 s and no stall', async () => {
    const world = setup({ server: { autoAccept: false }, client: withToken('secret') })
    void world.client.connect()
    const refuse = (): void => {
      for (const transport of world.network.live) if (transport.status === 'connecting') transport.refuse()
    }
    const attempts = await storm(world, refuse, 60)
    expect(attempts).toBeGreaterThan(3)
    expect(attempts).toBeLessThanOrEqual(20)
  })

  it('F33 asks to come back later (1013): no attempt before that, not even on `online`; retryNow overrules it', async () => {
    const { server, network, client, signals, pass } = await connected()
    server.last.close(1013)
    await pass(0)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'busy' })
    const due = client.state.status === 'waiting' ? client.state.nextRetryAt - client.state.since : 0
    expect(due).toBeGreaterThanOrEqual(1_000)
    signals.emit('online')
    await pass(due - 10)
    expect(network.transports).toHaveLength(1)
    client.retryNow()
    await pass(0)
    expect(client.state.status).toBe('open')
  })

  it('F33 asks to come back later, and the page freezes meanwhile: still not before', async () => {
    const { server, network, client, signals, pass } = await connected()
    server.last.close(1013)
    await pass(0)
    signals.emit('freeze')
    signals.emit('resume')
    await pass(1_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'busy' })
    expect(network.transports).toHaveLength(1)
    signals.emit('freeze')
    client.retryNow()
    await pass(0)
    expect(client.state.status).toBe('open')
  })

  it('F43 never answers the close: disconnect settles within 2 s and the next connect does not wait', async () => {
    const { network, client, pass } = await connected()
    network.last.ignoresClose = true
    let settled = false
    void client.disconnect().then(() => (settled = true))
    void client.connect()
    await pass(0)
    expect(client.state.status).toBe('open')
    await pass(1_999)
    expect(settled).toBe(false)
    await pass(1)
    expect(settled).toBe(true)
  })

  it('gives up on a close code that says not to come back', async () => {
    const { server, client, network, pass } = await connected()
    server.last.close(4403)
    await pass(60_000)
    expect(client.state).toMatchObject({ status: 'failed', reason: 'fatal', code: 4403 })
    expect(network.transports).toHaveLength(1)
  })

  it('asks the application first what a close code means', async () => {
    const { server, client } = await connected({
      client: { classifyClose: ({ code }) => (code === 4000 ? { action: 'fatal' } : undefined) },
    })
    server.last.close(4000)
    expect(client.state).toMatchObject({ status: 'failed', reason: 'fatal', code: 4000 })
  })

  it('retries when the application says nonsense about a close code', async () => {
    const { server, client, network, problems, pass } = await connected({
      client: { classifyClose: () => ({ action: 'retry', penalty: Number.NaN }) },
    })
    server.last.close(4000)
    expect(client.state).toMatchObject({ status: 'waiting', nextRetryAt: expect.any(Number) })
    await pass(1_000)
    expect(network.transports.length).toBeLessThan(4)
    expect(problems[0]).toMatchObject({ code: 'CALLBACK' })
  })

  it('retries when the application fails to say what a close code means', async () => {
    const { server, client, problems } = await connected({
      client: {
        classifyClose: () => {
          throw new Error('oops')
        },
      },
    })
    server.last.close(4403)
    expect(client.state.status).toBe('waiting')
    expect(problems.map(({ code }) => code)).toEqual(['CALLBACK'])
  })
})
