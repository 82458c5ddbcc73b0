import { describe, expect, it } from 'vitest'
import { connected, setup, statuses } from '../client-setup.ts'

const pinging = { mode: 'ping', intervalMs: 25_000, timeoutMs: 10_000 } as const

describe('a faulty network', () => {
  it('F1 half-open both ways: is noticed within interval and timeout, and replaced without waiting for the close event', async () => {
    const world = await connected({ client: { heartbeat: pinging } })
    const { server, network, client, pass } = world
    network.last.ignoresClose = true
    server.blackhole()
    await pass(35_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat', attempt: 1 })
    expect(network.transports[0]?.closed).toBeDefined()
    await pass(2_000)
    expect(client.state.status).toBe('open')
    expect(network.live).toHaveLength(1)
  })

  it('F1 half-open with server beats: is noticed within the beat interval and the timeout', async () => {
    const { server, client, network, pass } = await connected({
      client: { heartbeat: { mode: 'reply', timeoutMs: 10_000 } },
    })
    for (const _ of [1, 2, 3]) {
      server.beat()
      await pass(5_000)
    }
    network.last.ignoresClose = true
    server.blackhole()
    await pass(9_999)
    expect(client.state.status).toBe('open')
    await pass(2)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F2 half-open upwards: frames from the server do not excuse an unanswered ping when an answer is recognised', async () => {
    const { server, client, pass } = await connected({
      server: { echo: true },
      client: { heartbeat: { ...pinging, pong: 'heartCheck' } },
    })
    await pass(60_000)
    expect(client.state.status).toBe('open')
    server.blackhole('up')
    for (let second = 0; second < 36 && client.state.status === 'open'; second++) {
      server.broadcast('ticker', second)
      await pass(1_000)
    }
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F3 half-open downwards: is noticed by the missing answer', async () => {
    const { server, client, pass } = await connected({ server: { echo: true }, client: { heartbeat: pinging } })
    server.blackhole('down')
    await pass(35_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F4 upgrade never answered: is abandoned after openTimeoutMs, and a late open changes nothing', async () => {
    const { client, network, pass } = setup({ server: { autoAccept: false } })
    void client.connect()
    await pass(9_999)
    expect(client.state).toMatchObject({ status: 'connecting', attempt: 1 })
    await pass(1)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'timeout', attempt: 2 })
    const late = network.transports[0]
    expect(late?.closed).toBeDefined()
    expect(client.state.status).toBe('waiting')
  })

  it('F4 a late open of an abandoned link is ignored', async () => {
    const { client, network, pass, states } = setup({ server: { autoAccept: false } })
    void client.connect()
    await pass(1)
    const [late] = network.transports
    if (late) late.ignoresClose = true
    await pass(9_999)
    const before = states.length
    late?.accept()
    await pass(0)
    expect(states).toHaveLength(before)
    expect(client.state.status).toBe('waiting')
    late?.drop()
  })

  it('F5 auth never answered: is abandoned after auth.timeoutMs as a failed attempt', async () => {
    const { client, network, pass } = setup({ client: { auth: { token: () => 'secret' } } })
    void client.connect()
    await pass(10_000)
    expect(network.last.messages).toEqual([{ type: 'auth', data: 'secret' }])
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'timeout', attempt: 2 })
  })

  it('F8 link broken without a close frame: is lost once and replaced', async () => {
    const world = await connected()
    world.network.last.drop(1006)
    await world.pass(2_000)
    expect(statuses(world)).toEqual(['preparing', 'connecting', 'open', 'waiting', 'preparing', 'connecting', 'open'])
    expect(world.network.live).toHaveLength(1)
  })

  it('F10 refused for ten minutes, then up: keeps trying, not more often than the delay rule says, and comes back', async () => {
    const { server, network, client, random, pass } = setup()
    server.stop()
    random.value = 0.99
    void client.connect()
    await pass(600_000, 50)
    expect(network.transports.length).toBeGreaterThan(30)
    expect(network.transports.length).toBeLessThan(80)
    server.start()
    await pass(15_250, 50)
    expect(client.state.status).toBe('open')
  })

  it('F11 flapping, 3 s up and 2 s down for 10 min: at most 20 attempts a minute, and open for at least 18 % of the time', async () => {
    const { server, network, client, random, clock, pass } = setup()
    let openMs = 0
    let seed = 7
    void client.connect()
    for (let ms = 0; ms < 600_000; ms += 50) {
      // A fixed sequence of chances: Park and Miller's generator.
      seed = (seed * 48_271) % 2_147_483_647
      random.value = seed / 2_147_483_647
      const up = ms % 5_000 < 3_000
      if (ms % 5_000 === 0) server.start()
      if (ms % 5_000 === 3_000) server.stop()
      if (up && ms % 500 === 0) server.broadcast('tick')
      await pass(50, 50)
      if (client.state.status === 'open') openMs += 50
    }
    expect(clock.monotonic()).toBe(600_000)
    expect(network.transports.length).toBeLessThanOrEqual(200)
    expect(openMs / 600_000).toBeGreaterThanOrEqual(0.18)
  })

  it('F12 slow uplink: a ping behind a shrinking send buffer is not taken for lost', async () => {
    const { server, network, client, pass } = await connected({ client: { heartbeat: pinging } })
    server.blackhole('up')
    await pass(24_000)
    network.last.bufferedBytes = 200_000
    await pass(2_000)
    network.last.bufferedBytes = 150_000
    await pass(10_000)
    expect(client.state.status).toBe('open')
    await pass(9_500)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F13 round trips of 8 s: no loss with the defaults', async () => {
    const { server, client, pass } = await connected({ client: { heartbeat: pinging } })
    for (let minute = 0; minute < 3; minute++) {
      await pass(25_000)
      await pass(8_000)
      server.send('heartCheck')
      await pass(1)
    }
    expect(client.state.status).toBe('open')
  })

  it.each(['F6 the attempt disappears', 'F101 the socket hangs and does not close'])(
    '%s: is given up after ten seconds, and the next one does not wait for it',
    async () => {
      const { client, network, pass, server } = setup({ server: { autoAccept: false } })
      void client.connect()
      await pass(0)
      network.last.ignoresClose = true
      await pass(10_000)
      expect(client.state).toMatchObject({ status: 'waiting', reason: 'timeout' })
      await pass(5_000)
      expect(network.transports).toHaveLength(2)
      expect(server.connections).toHaveLength(0)
    },
  )

  it('F14 a proxy that closes idle links after 30 s: the default ping leaves no such gap in an hour', async () => {
    const { client, clock, network, pass } = await connected({ server: { echo: true }, client: { heartbeat: pinging } })
    const gaps: number[] = []
    let [seen, at] = [network.last.sent.length, clock.monotonic()]
    for (let second = 0; second < 3_600; second++) {
      await pass(1_000, 1_000)
      if (network.last.sent.length === seen) continue
      gaps.push(clock.monotonic() - at)
      ;[seen, at] = [network.last.sent.length, clock.monotonic()]
    }
    expect(gaps.length).toBeGreaterThan(100)
    expect(Math.max(...gaps)).toBeLessThan(30_000)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1)
  })

  it.each(['F15 the device changes its network without a word', 'F24 the router forgets the link'])(
    '%s: is noticed within interval and timeout',
    async () => {
      const { server, client, network, pass } = await connected({ client: { heartbeat: pinging } })
      network.last.ignoresClose = true
      server.blackhole()
      await pass(35_000)
      expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
    },
  )

  it('F21 a thousand short connections: one socket at a time, and nothing is left of the others', async () => {
    const { client, network, clock, pass } = await connected({ client: { reconnect: { delayMs: 10 } } })
    for (let cycle = 0; cycle < 1_000; cycle++) {
      network.last.drop()
      await pass(10, 10)
      expect(network.live).toHaveLength(1)
    }
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1_001)
    expect(clock.pending.length).toBeLessThan(4)
  })
})
