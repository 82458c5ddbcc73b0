import { describe, expect, it } from 'vitest'
import type { Signal } from '../../src/index.ts'
import { connected, setup } from '../client-setup.ts'

const pinging = { mode: 'ping', intervalMs: 25_000, timeoutMs: 10_000 } as const

describe('a page that sleeps', () => {
  it('F92 timers clamped to one a minute: no false loss while the server answers', async () => {
    const { clock, client, server, pass } = await connected({ server: { echo: true }, client: { heartbeat: pinging } })
    for (let minute = 0; minute < 30; minute++) {
      clock.late(60_000)
      await pass(0)
      await pass(1_000)
    }
    expect(client.state.status).toBe('open')
    expect(server.connections).toHaveLength(1)
  })

  for (const heartbeat of [pinging, { mode: 'reply', intervalMs: 5_000 }] as const) {
    it(`F92 timers clamped to one a minute: a dead link is noticed all the same (${heartbeat.mode})`, async () => {
      const { clock, client, server, random, pass } = await connected({ client: { heartbeat } })
      random.value = 0.99
      server.blackhole()
      for (let minute = 0; minute < 5 && client.state.status === 'open'; minute++) {
        clock.late(60_000)
        await pass(0)
      }
      expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
    })
  }

  it('F93 frozen and back: what is sent first on each link is not sent again on the same one', async () => {
    const { signals, server, pass } = await connected({ client: { onOpen: ['subscribe'] } })
    signals.emit('freeze')
    await pass(1_000)
    signals.emit('resume')
    await pass(1_000)
    expect(server.received).toEqual(['subscribe'])
  })

  it('F93 frozen 5 min with the link alive: kept after a probe', async () => {
    const { clock, signals, network, client, pass } = await connected({
      server: { echo: true },
      client: { heartbeat: pinging },
    })
    signals.emit('freeze')
    expect(client.state).toMatchObject({ status: 'suspended', reason: 'frozen', kept: true })
    clock.sleep(300_000)
    signals.emit('resume')
    await pass(10_000)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1)
  })

  it('F93 frozen 5 min with the link dead: replaced 5 s after the return, not after a whole interval', async () => {
    const { clock, signals, server, network, client, random, pass } = await connected({
      client: { heartbeat: pinging },
    })
    random.value = 0
    server.blackhole()
    signals.emit('freeze')
    clock.sleep(300_000)
    signals.emit('resume')
    await pass(5_000)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(2)
  })

  it('F93 frozen and cut meanwhile: connects at once on return, not after a backoff', async () => {
    const { clock, signals, network, client, pass } = await connected()
    signals.emit('freeze')
    clock.sleep(300_000)
    network.last.drop(1006)
    expect(client.state).toMatchObject({ status: 'suspended', kept: false })
    signals.emit('resume')
    await pass(0)
    expect(client.state.status).toBe('open')
  })

  for (const signal of ['resume', 'focus', 'show', 'visible'] satisfies Signal[]) {
    it(`F94 frozen, and only \`${signal}\` tells of the return: suffices`, async () => {
      const { signals, client, pass } = await connected()
      signals.emit('freeze')
      signals.emit(signal)
      await pass(0)
      expect(client.state.status).toBe('open')
    })
  }

  it('F94 frozen, and no event tells of the return: the next frame suffices', async () => {
    const { signals, server, client, messages } = await connected()
    signals.emit('freeze')
    server.send('tick', 1)
    expect(client.state.status).toBe('open')
    expect(messages).toEqual([{ type: 'tick', data: 1 }])
  })

  it('F94 asleep without any event: the gap between the clocks makes it check the link', async () => {
    const { clock, server, client, random, pass } = await connected({ client: { heartbeat: pinging } })
    random.value = 0.9
    await pass(1_000)
    server.blackhole()
    clock.sleep(8 * 3_600_000, { monotonic: false })
    await pass(24_000)
    expect(client.state.status).toBe('open')
    await pass(5_100)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F95 back/forward cache: closed on hiding, reconnected on return, what was sent meanwhile is sent then', async () => {
    const { signals, network, server, client, pass } = await connected()
    signals.emit('hide')
    expect(network.transports[0]?.closed).toMatchObject({ code: 1000 })
    expect(client.state).toMatchObject({ status: 'suspended', reason: 'hidden', kept: false })
    const sent = client.send('say', 'later')
    signals.emit('show')
    await pass(0)
    await sent
    expect(client.state.status).toBe('open')
    expect(server.received).toEqual([{ type: 'say', data: 'later' }])
    expect(network.live).toHaveLength(1)
  })

  it('F96 back/forward cache: the close event of the old link comes after the return and is ignored', async () => {
    const { signals, network, client, states, pass } = await connected()
    const [old] = network.transports
    if (old) old.ignoresClose = true
    signals.emit('hide')
    signals.emit('show')
    await pass(0)
    const before = states.length
    old?.drop(1006)
    await pass(60_000)
    expect(client.state.status).toBe('open')
    expect(states.slice(before).filter(({ status }) => status !== 'open')).toEqual([])
    expect(network.transports).toHaveLength(2)
  })

  it('F98 `offline` while the link works: checked and kept', async () => {
    const { signals, network, client, pass } = await connected({
      server: { echo: true },
      client: { heartbeat: pinging },
    })
    signals.emit('offline')
    await pass(10_000)
    expect(network.last.messages).toEqual([{ type: 'heartCheck' }])
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1)
  })

  it('F98 `offline` while a ping is unanswered: its answer is due within 5 s', async () => {
    const { signals, server, client, random, pass } = await connected({
      client: { heartbeat: { mode: 'ping', intervalMs: 1_000, timeoutMs: 60_000 } },
    })
    random.value = 0.99
    server.blackhole()
    await pass(2_000)
    signals.emit('offline')
    await pass(5_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F98 `offline` where nothing can be asked: drops nothing', async () => {
    const { signals, network, client, pass } = await connected()
    signals.emit('offline')
    await pass(60_000)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1)
  })

  it('F99 the host says offline from the start, and is wrong: still attempts', async () => {
    const { signals, server, client, pass } = setup()
    signals.online = false
    server.stop()
    void client.connect()
    await pass(20_000)
    server.start()
    await pass(15_000)
    expect(client.state.status).toBe('open')
  })

  it('F100 forty online/offline flips in one second: at most one extra attempt', async () => {
    const { signals, server, network, random, client, pass } = setup()
    server.stop()
    random.value = 0.9
    void client.connect()
    await pass(30_000)
    const before = network.transports.length
    for (let flip = 0; flip < 40; flip++) {
      signals.emit(flip % 2 ? 'offline' : 'online')
      await pass(25, 25)
    }
    expect(network.transports.length - before).toBeLessThanOrEqual(2)
    expect(client.state.status).not.toBe('failed')
  })

  it('F102 connecting for ever after a network change: replaced on `online` when older than 3 s', async () => {
    const { signals, network, client, server, pass } = setup({ server: { autoAccept: false } })
    void client.connect()
    await pass(3_001)
    server.autoAccept = true
    signals.emit('online')
    await pass(0)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(2)
  })

  it('F105 the wall clock is set a day ahead or back: nothing is lost', async () => {
    const { clock, client, network, pass } = await connected({ server: { echo: true }, client: { heartbeat: pinging } })
    clock.jump(86_400_000)
    await pass(60_000)
    clock.jump(-2 * 86_400_000)
    await pass(60_000)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1)
  })

  it('hurries a waiting attempt when the page comes back', async () => {
    const { signals, server, random, client, pass } = setup()
    server.stop()
    random.value = 0.9
    void client.connect()
    await pass(40_000)
    server.start()
    signals.emit('visible')
    await pass(300)
    expect(client.state.status).toBe('open')
  })

  it('listens to the page only while a connection is wanted', async () => {
    const { signals, client, pass } = setup()
    expect(signals.listeners).toBe(0)
    await client.connect()
    expect(signals.listeners).toBe(1)
    void client.disconnect()
    await pass(0)
    expect(signals.listeners).toBe(0)
  })
})

describe('a machine that sleeps', () => {
  it('F88 and F97: asks for a fresh token after eight hours, and is back at once', async () => {
    const tokens: string[] = []
    const { clock, client, server, signals, network, pass } = await connected({
      client: {
        heartbeat: pinging,
        auth: {
          accepted: false,
          token: () => {
            tokens.push(`token ${tokens.length + 1}`)
            return tokens.at(-1)!
          },
        },
      },
    })
    server.blackhole()
    network.last.ignoresClose = true
    clock.sleep(8 * 3_600_000, { monotonic: false })
    server.heal()
    network.last.drop()
    signals.emit('visible')
    await pass(2_500)
    expect(client.state.status).toBe('open')
    expect(tokens).toEqual(['token 1', 'token 2'])
    expect(network.last.messages[0]).toEqual({ type: 'auth', data: 'token 2' })
  })
})
