import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import { append, createClient, latest, StatewireError, type Sink } from '../src/index.ts'
import { connected, setup, statuses, withToken } from './client-setup.ts'

/** A store as small as it gets. */
function plainStore<State extends object>(initial: State) {
  const store = {
    state: initial,
    commits: 0,
    sink: {
      name: 'plain',
      commit(batch) {
        store.commits++
        store.state = { ...store.state, ...batch.apply(store.state) }
      },
      reset() {
        store.state = initial
      },
    } satisfies Sink<State>,
  }
  return store
}

describe('client', () => {
  it('does nothing before connect', async () => {
    const { client, network, clock, pass } = setup()
    await pass(1_000)
    expect(client.state).toEqual({ status: 'idle', since: expect.any(Number), attempt: 0 })
    expect([network.transports, clock.pending]).toEqual([[], []])
  })

  it('tells each state once, in order, and shows it as `state` while telling', async () => {
    const world = setup({ server: { token: 's' }, client: withToken('s') })
    const shown: string[] = []
    world.client.on('state', () => shown.push(world.client.state.status))
    await world.client.connect()
    expect(statuses(world)).toEqual(['preparing', 'connecting', 'authenticating', 'open'])
    expect(shown).toEqual(statuses(world))
  })

  it('asks for the URL and the token anew for each attempt', async () => {
    let attempt = 0
    const { server, network, pass } = await connected({
      client: { url: () => Promise.resolve(`ws://fake/${++attempt}`), protocols: ['a', 'b'] },
    })
    server.last.close()
    await pass(2_000)
    expect(network.transports.map(({ url, protocols }) => [url, protocols])).toEqual([
      ['ws://fake/1', ['a', 'b']],
      ['ws://fake/2', ['a', 'b']],
    ])
  })

  it('resolves connect after retries', async () => {
    const { client, server, pass } = setup()
    server.stop()
    let opened = false
    void client.connect().then(() => (opened = true))
    await pass(10_000)
    expect(opened).toBe(false)
    server.start()
    await pass(20_000)
    expect(opened).toBe(true)
  })

  it('rejects connect when it gives up after maxAttempts, and starts over on the next', async () => {
    const { client, server, network, pass } = setup({ client: { reconnect: { maxAttempts: 5 } } })
    server.stop()
    const connecting = client.connect()
    await pass(120_000)
    await expect(connecting).rejects.toMatchObject({ code: 'FAILED', details: { reason: 'exhausted' } })
    expect(client.state).toMatchObject({ status: 'failed', reason: 'exhausted', attempt: 5 })
    expect(network.transports).toHaveLength(5)
    server.start()
    await client.connect()
    expect(client.state).toMatchObject({ status: 'open', attempt: 1 })
  })

  it('does not replace a lost link when reconnect is off', async () => {
    const { client, server, network, pass } = await connected({ client: { reconnect: false } })
    server.last.close()
    await pass(60_000)
    expect(client.state.status).toBe('failed')
    expect(network.transports).toHaveLength(1)
  })

  it('waits as long as the application says, and says which attempt is coming', async () => {
    const asked: number[] = []
    const { client, server, pass } = setup({
      client: { reconnect: { delayMs: (attempt) => (asked.push(attempt), 2_000), maxAttempts: 3 } },
    })
    server.stop()
    void client.connect()
    await pass(0)
    expect(client.state).toMatchObject({ status: 'waiting', attempt: 2 })
    expect(client.state.status === 'waiting' && client.state.nextRetryAt - client.state.since).toBe(2_000)
    await pass(60_000)
    expect(asked).toEqual([2, 3])
  })

  it('uses its own wait, and reports it, when the application gives nonsense', async () => {
    const { client, server, problems, pass } = setup({ client: { reconnect: { delayMs: () => Number.NaN } } })
    server.stop()
    void client.connect()
    await pass(0)
    expect(client.state.status).toBe('waiting')
    expect(problems).toMatchObject([{ code: 'CALLBACK', details: { where: 'reconnect.delayMs' } }])
  })

  it('counts attempts anew after a useful second', async () => {
    const { client, server, pass } = await connected()
    expect(client.state.attempt).toBe(1)
    server.send('tick')
    await pass(1_000)
    expect(client.state).toMatchObject({ status: 'open', attempt: 0 })
    server.last.close()
    await pass(0)
    expect(client.state).toMatchObject({ status: 'waiting', attempt: 1 })
  })

  it('takes ten silent seconds for useful too', async () => {
    const { client, clock, pass } = await connected({ client: { heartbeat: false } })
    await pass(9_999)
    expect(client.state.attempt).toBe(1)
    await pass(1)
    expect(client.state.attempt).toBe(0)
    expect(clock.pending).toEqual([])
  })

  it('sends raw frames as they are, and onOpen frames on each opening before everything else', async () => {
    const { client, server, pass } = setup({ client: { onOpen: () => ['12321'] } })
    void client.send('say', 1)
    await client.connect()
    await client.sendRaw('raw')
    server.last.close()
    await pass(2_000)
    expect(server.received).toEqual([12321, { type: 'say', data: 1 }, 'raw', 12321])
  })

  it('leaves data out of the frame when there is none', async () => {
    const { client, network } = await connected()
    await client.send('hello', undefined)
    expect(network.last.sent).toEqual(['{"type":"hello"}'])
  })

  it('rejects a message without a type, and sends nothing', async () => {
    const { client, server } = await connected()
    for (const type of [undefined, null, '', 7, { type: 'say' }] as unknown as string[]) {
      await expect(client.send(type, 1)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    expect(server.received).toEqual([])
  })

  it('works when it lies in reactive state', async () => {
    const { client } = setup()
    const state = reactive({ client })
    await state.client.connect()
    expect(state.client.state.status).toBe('open')
  })

  it('dispatches by type, and `*` to what no listener takes', async () => {
    const { client, server } = await connected()
    const heard: unknown[] = []
    client.onMessage('a', (data, { type }) => heard.push([type, data]))
    client.onMessage('*', (data, { type }) => heard.push(['*', type, data]))
    server.send('a', 1)
    server.send('b', 2)
    expect(heard).toEqual([
      ['a', 1],
      ['*', 'b', 2],
    ])
  })

  it('lands messages in a store, with the flush it was told', async () => {
    const { client, server, frames } = await connected({ client: { flush: 'frame' } })
    const store = plainStore({ points: [] as readonly number[], last: 0 })
    client.bind(store.sink, { tick: [append('points', { limit: 3 }), latest('last')] })
    for (const value of [1, 2, 3, 4]) server.send('tick', value)
    expect(store.commits).toBe(0)
    frames.paint()
    expect(store).toMatchObject({ commits: 1, state: { points: [2, 3, 4], last: 4 } })
  })

  it('throws INVALID_OPTION for a wrong option', () => {
    expect(() => createClient({ url: '' })).toThrow(StatewireError)
  })
})

describe('heartbeat', () => {
  it('answers the server at most once a second, and does not show the beats to the application', async () => {
    const { server, network, messages, pass } = await connected()
    server.beat()
    server.beat()
    await pass(1_000)
    server.beat()
    expect(network.last.messages).toEqual([{ type: 'heartCheck' }, { type: 'heartCheck' }])
    expect(messages).toEqual([])
  })

  it('answers with the same data', async () => {
    const { server, network } = await connected()
    server.send('heartCheck', { at: 1 })
    expect(network.last.messages).toEqual([{ type: 'heartCheck', data: { at: 1 } }])
  })

  it('answers at most once a second before auth is accepted, too', async () => {
    const { client, network, pass } = setup({ client: withToken('s') })
    void client.connect()
    await pass(0)
    for (let beat = 0; beat < 1_000; beat++) network.last.receive({ type: 'heartCheck' })
    expect(network.last.messages).toHaveLength(2)
  })

  it('waits from the second beat on, however long the link was there before', async () => {
    const { client, server, pass } = await connected()
    await pass(60_000)
    server.beat()
    await pass(5_000)
    server.beat()
    server.blackhole()
    await pass(14_900)
    expect(client.state.status).toBe('open')
    await pass(200)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('learns nothing about the interval from a sleep that the link outlived', async () => {
    const { client, server, clock, pass } = await connected()
    for (let beat = 0; beat < 3; beat++) {
      server.beat()
      await pass(5_000)
    }
    clock.sleep(3_600_000)
    server.beat()
    await pass(5_000)
    server.beat()
    server.blackhole()
    await pass(15_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('answers a beat that comes before auth is accepted', async () => {
    const { client, network, pass } = setup({ client: withToken('s') })
    void client.connect()
    await pass(0)
    network.last.receive({ type: 'heartCheck' })
    expect(network.last.messages).toEqual([{ type: 'auth', data: 's' }, { type: 'heartCheck' }])
  })

  it('never takes a server that does not beat for dead', async () => {
    const { client, network, clock, pass } = await connected()
    await pass(3_600_000, 60_000)
    expect(client.state.status).toBe('open')
    expect(network.transports).toHaveLength(1)
    expect(clock.pending).toEqual([])
  })

  it('watches from the start when the interval is given', async () => {
    const { client, pass } = await connected({
      client: { heartbeat: { mode: 'reply', intervalMs: 5_000, timeoutMs: 5_000 } },
    })
    await pass(10_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('takes any message for a sign of life', async () => {
    const { client, server, pass } = await connected({
      client: { heartbeat: { mode: 'watch', intervalMs: 5_000, timeoutMs: 5_000 } },
    })
    for (let second = 0; second < 60; second += 9) {
      await pass(9_000)
      server.send('tick')
    }
    expect(client.state.status).toBe('open')
  })

  it('pings in silence with the frame it was told, and takes any frame for the answer', async () => {
    let number = 0
    const { client, server, network, pass } = await connected({
      client: {
        heartbeat: {
          mode: 'ping',
          intervalMs: 3_000,
          timeoutMs: 5_000,
          frame: () => ({ req_type: 8, req_no: ++number }),
        },
      },
    })
    for (let round = 0; round < 3; round++) {
      await pass(3_000)
      server.send('whatever')
    }
    expect(network.last.messages).toEqual([1, 2, 3].map((req_no) => ({ req_type: 8, req_no })))
    expect(client.state.status).toBe('open')
    await pass(8_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('does not show the echo of its ping to the application', async () => {
    const { messages, network, pass } = await connected({
      server: { echo: true },
      client: { heartbeat: { mode: 'ping', intervalMs: 1_000 } },
    })
    await pass(5_000)
    expect(network.last.messages.length).toBeGreaterThan(3)
    expect(messages).toEqual([])
  })

  it('probes before it judges, where a probe is given', async () => {
    const { client, server, network, pass } = await connected({
      client: { heartbeat: { mode: 'watch', intervalMs: 5_000, timeoutMs: 5_000, probe: 'are you there' } },
    })
    await pass(10_000)
    expect(network.last.messages).toEqual(['are you there'])
    server.send('yes')
    await pass(9_000)
    expect(client.state.status).toBe('open')
  })
})

describe('sign-in', () => {
  it('changes nothing for the same user', async () => {
    const { client, network, problems } = await connected()
    let resets = 0
    client.on('reset', () => resets++)
    client.signIn('ada')
    client.signIn('ada')
    expect([resets, network.live.length, problems]).toEqual([0, 1, []])
  })

  it('of another user closes the link, discards the outbox and resets live state', async () => {
    const { client, server, network } = await connected()
    const store = plainStore({ last: null as unknown })
    client.bind(store.sink, { secret: latest('last') })
    const resets: unknown[] = []
    client.on('reset', (reset) => resets.push(reset))
    client.signIn('ada')
    server.send('secret', 'of ada')
    client.signIn('bob')
    expect(store.state).toEqual({ last: null })
    expect(resets).toEqual([{ reason: 'userChanged' }])
    expect(network.live).toEqual([])
    expect(client.state.status).toBe('closed')
  })

  it('sign-out closes, discards and resets, and drops what was about to land', async () => {
    const { client, server, frames, network } = await connected({ client: { flush: 'frame' } })
    const store = plainStore({ last: null as unknown })
    client.bind(store.sink, { secret: latest('last') })
    client.signIn('ada')
    server.send('secret', 'of ada')
    client.signOut()
    frames.paint()
    expect(store).toMatchObject({ commits: 0, state: { last: null } })
    expect([client.state.status, network.live]).toEqual(['closed', []])
  })

  it('sign-out of nobody, before anything happened, does nothing', () => {
    const { client, states } = setup()
    let resets = 0
    client.on('reset', () => resets++)
    client.signOut()
    expect([client.state.status, states, resets]).toEqual(['idle', [], 0])
  })
})

describe('calls from within a listener', () => {
  it('meet the present state: disconnect and connect ends connected', async () => {
    const { client, network, pass } = setup()
    let once = true
    client.on('state', ({ status }) => {
      if (status !== 'open' || !once) return
      once = false
      void client.disconnect()
      void client.connect()
    })
    void client.connect()
    await pass(5_000)
    expect(client.state.status).toBe('open')
    expect(network.live).toHaveLength(1)
  })

  it('F86 another user signs in and sends: nothing goes out over the link of the first', async () => {
    const { client, server, pass } = setup()
    client.signIn('ada')
    const stop = client.on('state', ({ status }) => {
      if (status !== 'open') return
      stop()
      client.signIn('bob')
      void client.connect()
      void client.send('of bob', 1)
    })
    void client.connect()
    await pass(0)
    const [first] = server.connections
    await pass(5_000)
    expect(first?.received ?? []).toEqual([{ type: 'of bob', data: 1 }])
    expect(server.received).toEqual([{ type: 'of bob', data: 1 }])
    expect(server.connections).toHaveLength(1)
    expect(server.network.transports[0]?.sent).toEqual([])
  })

  it('dispose and send: the promise settles and no timer is left', async () => {
    const { client, server, clock, pass } = setup()
    server.stop()
    let sent: Promise<unknown> | undefined
    client.on('state', ({ status }) => {
      if (status !== 'waiting') return
      client.dispose()
      sent = client.send('bye').catch((error: unknown) => error)
    })
    void client.connect()
    await pass(0)
    expect(await sent).toMatchObject({ code: 'CLOSED' })
    expect(clock.pending).toEqual([])
  })

  it('dispose during a useful second: no timer is left', async () => {
    const { client, server, clock, pass } = setup()
    server.stop()
    void client.connect()
    await pass(20_000)
    client.on('state', ({ status, attempt }) => {
      if (status === 'open' && attempt === 0) client.dispose()
    })
    server.start()
    await pass(30_000)
    expect(client.state.status).toBe('closed')
    expect(clock.pending).toEqual([])
  })

  it('sign-out by a wired store: the message is shown to nobody after the reset', async () => {
    const { client, server } = await connected()
    const log: string[] = []
    client.signIn('ada')
    client.on('reset', () => log.push('reset'))
    client.onMessage('kick', () => log.push('listener'))
    client.on('message', () => log.push('message'))
    client.bind<object>(
      { name: 'store', commit: () => {}, reset: () => {}, call: () => client.signOut() },
      { kick: { call: 'leave', kind: 'action', batch: false } },
    )
    server.send('kick')
    expect(log).toEqual(['reset'])
  })
})

describe('back pressure', () => {
  it('is told on the client, once the call is over', async () => {
    const { client, pass } = setup({ client: { outbox: { capacity: 4 } } })
    const told: unknown[] = []
    client.on('highWater', (held) => told.push(['highWater', held.messages]))
    client.on('drain', (held) => told.push(['drain', held]))
    for (let i = 0; i < 4; i++) void client.send('say', i)
    expect(told).toEqual([['highWater', 3]])
    void client.connect()
    await pass(10)
    expect(told).toEqual([
      ['highWater', 3],
      ['drain', { messages: 0, bytes: 0 }],
    ])
  })
})

describe('dispose', () => {
  it('commits nothing late', async () => {
    const { client, server, frames } = await connected({ client: { flush: 'frame' } })
    const store = plainStore({ last: 0 })
    client.bind(store.sink, { tick: latest('last') })
    server.send('tick', 1)
    client.dispose()
    frames.paint()
    await settle()
    expect(store).toMatchObject({ commits: 0, state: { last: 0 } })
  })

  it('tells the last state, then nothing more', async () => {
    const world = await connected()
    world.client.dispose()
    expect(world.states.at(-1)).toMatchObject({ status: 'closed', reason: 'disposed' })
  })

  it('ends a disconnect that still waits for the server', async () => {
    const { client, network, clock } = await connected()
    network.last.ignoresClose = true
    const closing = client.disconnect()
    client.dispose()
    await closing
    expect(clock.pending).toEqual([])
  })
})
