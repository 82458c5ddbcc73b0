import fc from 'fast-check'
import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { createClient, StatewireError } from '../../src/index.ts'
import { eventSourceTransport } from '../../src/transport/event-source.ts'
import { connected, setup, statuses, withToken } from '../client-setup.ts'

describe('an application', () => {
  it('F106 without any WebSocket: connect rejects with a typed error and does not try again', async () => {
    const client = createClient({ url: 'ws://nowhere' })
    await expect(client.connect()).rejects.toMatchObject({ code: 'NO_WEBSOCKET' })
    expect(client.state).toMatchObject({ status: 'failed' })
    client.dispose()
  })

  it('F106 gets a WebSocket later: connect says what is wrong then, not what was', async () => {
    const client = createClient({ url: 'ws://nowhere', auth: { token: ({ refused }) => (refused ? '' : 't') } })
    await expect(client.connect()).rejects.toMatchObject({ code: 'NO_WEBSOCKET' })
    client.report(new StatewireError('NO_WEBSOCKET', {}))
    void client.disconnect()
    const again = client.connect()
    client.dispose()
    await expect(again).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('F106 without an EventSource: connect rejects with what the transport says', async () => {
    const client = createClient({ url: 'http://nowhere', transport: eventSourceTransport() })
    await expect(client.connect()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    client.dispose()
  })

  it('F109 disconnects twice: both wait for the same end', async () => {
    const { client, network, pass } = await connected()
    network.last.ignoresClose = true
    const settled: string[] = []
    void client.disconnect().then(() => settled.push('first'))
    void client.disconnect().then(() => settled.push('second'))
    await pass(1_000)
    expect(settled).toEqual([])
    network.last.ignoresClose = false
    network.last.finishClose()
    await pass(0)
    expect(settled).toEqual(['first', 'second'])
  })

  it('F109 disconnects while the token is fetched: no socket, no error', async () => {
    const { client, network, problems, pass } = setup({ client: withToken(() => new Promise(() => {})) })
    const connecting = client.connect()
    await pass(100)
    await client.disconnect()
    await expect(connecting).rejects.toMatchObject({ code: 'CLOSED' })
    expect([network.transports, problems]).toEqual([[], []])
    expect(client.state).toMatchObject({ status: 'closed', reason: 'requested' })
  })

  it('F109 disconnects while connecting: the socket is closed and nothing surfaces', async () => {
    const { client, network, problems, pass } = setup({ server: { autoAccept: false } })
    void client.connect()
    await pass(100)
    await client.disconnect()
    await pass(60_000)
    expect(network.live).toEqual([])
    expect(problems).toEqual([])
    expect(client.state.status).toBe('closed')
  })

  it('F109 disconnects while waiting: no further attempt', async () => {
    const { client, server, network, pass } = setup()
    server.stop()
    void client.connect()
    await pass(100)
    expect(client.state.status).toBe('waiting')
    await client.disconnect()
    const before = network.transports.length
    await pass(60_000)
    expect(network.transports).toHaveLength(before)
  })

  it('F110 connects while closing: ends connected with one socket', async () => {
    const { client, network, pass } = await connected()
    void client.disconnect()
    void client.connect()
    await pass(0)
    expect(client.state.status).toBe('open')
    expect(network.live).toHaveLength(1)
  })

  it('F111 200 random calls in one task and over time: the last intent wins, with one or no socket', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('connect', 'disconnect', 'retryNow', 'drop'), fc.boolean()), {
          minLength: 1,
          maxLength: 200,
        }),
        async (calls) => {
          const { client, server, network, pass } = setup()
          let wanted = false
          for (const [call, wait] of calls) {
            if (call === 'connect') wanted = true
            if (call === 'disconnect') wanted = false
            if (call === 'drop') server.connections[0]?.close()
            else void client[call]()
            if (wait) await settle()
          }
          await pass(20_000, 1_000)
          expect(client.state.status === 'open').toBe(wanted)
          expect(network.live).toHaveLength(wanted ? 1 : 0)
          client.dispose()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('F111 asks the token provider once for 100 connects and disconnects in one task', async () => {
    let asked = 0
    const { client, pass } = setup({ server: { token: 's' }, client: withToken(() => (asked++, 's')) })
    for (let call = 0; call < 100; call++) {
      void client.disconnect()
      void client.connect()
    }
    await pass(0)
    expect(asked).toBe(1)
    expect(client.state.status).toBe('open')
  })

  it('F112 connects twice: the same promise, one socket', async () => {
    const { client, network } = setup()
    const first = client.connect()
    expect(client.connect()).toBe(first)
    await first
    await client.connect()
    expect(network.transports).toHaveLength(1)
  })

  it('F113 disconnects in a state listener: no further callback of that connection', async () => {
    const { client, server, network, messages, pass } = setup()
    client.on('state', ({ status }) => {
      if (status === 'open') void client.disconnect()
    })
    void client.connect()
    await pass(0)
    server.broadcast('late')
    await pass(60_000)
    expect(client.state.status).toBe('closed')
    expect([network.live, messages]).toEqual([[], []])
  })

  it('F113 disposes in a message listener: nobody hears of that message any more', async () => {
    const { client, server } = await connected()
    const heard: string[] = []
    client.onMessage('tick', () => {
      heard.push('first')
      client.dispose()
    })
    client.onMessage('tick', () => heard.push('second'))
    client.on('message', () => heard.push('event'))
    server.send('tick')
    expect(heard).toEqual(['first'])
  })

  it('F113 disconnects in a message listener: early messages behind it are not delivered', async () => {
    const { client, network, messages, pass } = setup({ client: withToken('s') })
    client.onMessage('a', () => client.disconnect())
    void client.connect()
    await pass(0)
    network.last.receive({ type: 'a' })
    network.last.receive({ type: 'b' })
    network.last.receive('auth ok')
    expect(messages.map(({ type }) => type)).toEqual(['a'])
  })

  it('F114 a listener throws, an asynchronous one rejects: reported, and everybody else is served', async () => {
    const { client, server, messages, problems, pass } = await connected()
    const heard: unknown[] = []
    client.onMessage('tick', () => {
      throw new Error('sync')
    })
    client.onMessage('tick', async () => {
      throw new Error('async')
    })
    client.onMessage('tick', (data) => heard.push(data))
    server.send('tick', 1)
    server.send('tick', 2)
    await pass(0)
    expect(heard).toEqual([1, 2])
    expect(messages).toHaveLength(2)
    expect(problems.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([
      ['CALLBACK', 'sync'],
      ['CALLBACK', 'sync'],
      ['CALLBACK', 'async'],
      ['CALLBACK', 'async'],
    ])
    expect(client.state.status).toBe('open')
  })

  it('F114 a state listener throws: the connection opens all the same', async () => {
    const { client, problems } = setup()
    client.on('state', () => {
      throw new Error('oops')
    })
    await client.connect()
    expect(problems.every(({ code }) => code === 'CALLBACK')).toBe(true)
    expect(problems).toHaveLength(3)
  })

  it('F114 a problem listener throws: nobody is told, nothing breaks', async () => {
    const { client, server, messages } = await connected()
    client.on('problem', () => {
      throw new Error('oops')
    })
    server.last.sendRaw('garbage')
    server.send('tick')
    expect(messages).toHaveLength(1)
  })

  it('F115 a listener is added or removed during dispatch: this message goes to those who were there, nobody is skipped', async () => {
    const { client, server } = await connected()
    const heard: string[] = []
    const stop = client.onMessage('tick', () => {
      heard.push('once')
      stop()
      client.onMessage('tick', () => heard.push('added'))
    })
    client.onMessage('tick', () => heard.push('always'))
    server.send('tick')
    expect(heard).toEqual(['once', 'always'])
    server.send('tick')
    expect(heard).toEqual(['once', 'always', 'always', 'added'])
  })

  it('F116 unsubscribes twice: no stranger is removed', async () => {
    const { client, server } = await connected()
    let heard = 0
    const listener = (): void => void heard++
    const stop = client.onMessage('tick', listener)
    client.onMessage('tick', listener)
    stop()
    stop()
    server.send('tick')
    expect(heard).toBe(1)
  })

  it('F117 mounts, unmounts and mounts again in one task: one socket', async () => {
    const { client, network, pass } = setup()
    void client.connect()
    void client.disconnect()
    void client.connect()
    await pass(0)
    expect(network.transports).toHaveLength(1)
    expect(client.state.status).toBe('open')
  })

  it('F118 replaces its module 20 times: one socket and no growing listeners', async () => {
    const { client, server, network, pass } = setup()
    let heard = 0
    for (let version = 0; version < 20; version++) {
      const stop = client.onMessage('tick', () => heard++)
      await client.connect()
      if (version < 19) stop()
    }
    server.send('tick')
    await pass(0)
    expect(heard).toBe(1)
    expect(network.transports).toHaveLength(1)
  })

  it('F122 sends a BigInt, a cycle and a function: those promises reject and the queue is unaffected', async () => {
    const { client, server } = setup()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    for (const data of [1n, cycle, () => {}]) {
      await expect(client.send('say', data)).rejects.toMatchObject({ code: 'ENCODE', details: { messageType: 'say' } })
    }
    const sent = client.send('say', 'fine')
    await client.connect()
    await sent
    expect(server.received).toEqual([{ type: 'say', data: 'fine' }])
  })

  it('F123 sends while the socket is closing: held and sent over the next one', async () => {
    const { client, network, server, pass } = await connected()
    network.last.ignoresClose = true
    network.last.close()
    const sent = client.send('say', 'hello')
    expect(server.received).toEqual([])
    network.last.ignoresClose = false
    network.last.finishClose()
    await pass(2_000)
    await sent
    expect(server.received).toEqual([{ type: 'say', data: 'hello' }])
  })

  it('F126 close reported twice: one loss, one timer', async () => {
    let report = (): void => {}
    const world = setup({
      client: {
        transport: ({ onOpen, onClose }) => {
          queueMicrotask(onOpen)
          report = () => onClose({ code: 1006, reason: '' })
          return { send: () => true, close: () => {}, bufferedBytes: 0, binaryType: 'arraybuffer' }
        },
      },
    })
    await world.client.connect()
    report()
    report()
    report()
    expect(statuses(world).filter((status) => status === 'waiting')).toHaveLength(1)
    expect(world.clock.pending).toHaveLength(1)
  })

  it('F127 the close of an old link arrives after the new one is open: ignored', async () => {
    const { client, network, states, pass } = await connected({ client: { heartbeat: { mode: 'watch' } } })
    const [old] = network.transports
    if (old) old.ignoresClose = true
    await pass(37_000)
    expect(client.state.status).toBe('open')
    const before = states.length
    old?.drop(1006)
    expect(states).toHaveLength(before)
  })

  it('F127 an old link opens and speaks while the new one is connecting: ignored', async () => {
    const { client, network, messages, pass } = setup({ server: { autoAccept: false } })
    void client.connect()
    await pass(1)
    const [old] = network.transports
    if (old) old.ignoresClose = true
    await pass(11_500)
    expect(network.transports).toHaveLength(2)
    expect(client.state.status).toBe('connecting')
    old?.accept()
    old?.receive({ type: 'late' })
    expect(client.state.status).toBe('connecting')
    expect(messages).toEqual([])
    network.last.accept()
    old?.receive({ type: 'late' })
    network.last.receive({ type: 'timely' })
    expect(messages).toEqual([{ type: 'timely', data: undefined }])
    old?.drop()
  })

  it('F113 disconnects while a frame is decoded: that frame is delivered to nobody', async () => {
    const world = await connected({
      client: {
        codec: {
          encode: (envelope) => JSON.stringify(envelope),
          decode: (frame) => {
            void world.client.disconnect()
            return JSON.parse(frame as string) as { type: string; data: unknown }
          },
        },
      },
    })
    world.server.send('tick', 1)
    expect(world.messages).toEqual([])
  })

  it('F113 disposes in an event listener: no other listener of that event is called', async () => {
    const { client, server } = await connected()
    const heard: string[] = []
    client.on('message', () => {
      heard.push('first')
      client.dispose()
    })
    client.on('message', () => heard.push('second'))
    server.send('tick')
    expect(heard).toEqual(['first'])
  })

  it('F128 disposed: no timer, no listener, no socket, and nothing works any more', async () => {
    const { client, clock, network, signals } = await connected({ client: { heartbeat: { mode: 'ping' } } })
    const waiting = network.last
    waiting.close()
    const sent = client.send('say', 'never')
    client.dispose()
    client.dispose()
    await expect(sent).rejects.toMatchObject({ code: 'CLOSED', details: { reason: 'disposed' } })
    await expect(client.connect()).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(client.send('say', 'never')).rejects.toMatchObject({ code: 'CLOSED' })
    expect({ timers: clock.pending, listeners: signals.listeners }).toEqual({ timers: [], listeners: 0 })
  })

  it('F129 a store takes 200 ms for each message: no false heartbeat loss', async () => {
    const { client, server, clock, pass } = await connected({
      client: { heartbeat: { mode: 'watch', intervalMs: 5_000, timeoutMs: 1_000 } },
    })
    client.onMessage('tick', () => clock.sleep(200))
    for (let message = 0; message < 100; message++) server.send('tick')
    await pass(5_000)
    expect(client.state.status).toBe('open')
  })
})
