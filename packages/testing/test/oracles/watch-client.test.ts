import { createClient, jsonCodec, type AnyClient, type ClientOptions, type OpenTransport } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createFakes, settle, watchClient, type Fakes } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

interface World extends Fakes {
  readonly client: AnyClient
  /** Kinds of all that was wrong. */
  readonly end: () => Promise<string[]>
}

/** A watched client. */
function setup(options: (fakes: Fakes) => Partial<ClientOptions> = () => ({})): World {
  const fakes = createFakes()
  const { env, transport, network } = fakes
  const client: AnyClient = createClient({ url: 'ws://fake', env, transport, flush: 'sync', ...options(fakes) })
  onTestFinished(() => client.dispose())
  const watch = watchClient(client, { network, listen: true })
  return { ...fakes, client, end: async () => (await watch.end()).map(({ kind }) => kind) }
}

/** A transport with a fault: `send` says what is handed to the link in place of each frame. */
const faulty =
  (send: (frame: string) => readonly string[]) =>
  ({ transport }: Fakes): Partial<ClientOptions> => ({
    transport: ((request) => {
      const link = transport(request)
      const handOver = link.send.bind(link)
      link.send = (frame) => send(frame as string).map((one) => handOver(one)).length >= 0
      return link
    }) satisfies OpenTransport,
  })

describe('watchClient', () => {
  it('finds nothing wrong with a client that keeps its promises', async () => {
    const { client, server, end } = setup()
    void client.send('early', 1)
    await client.connect()
    await client.send('say', 1)
    await client.sendRaw('text')
    await client.send('say', 1)
    for (const data of [1, 2, 2]) server.send('ticker', data)
    server.stop()
    void client.send('late', 1)
    void client.request('ask', 1)
    expect(await end()).toEqual([])
    expect(client.state.status).toBe('closed')
  })

  it('reports what was resolved and never left', async () => {
    const { client, end } = setup(faulty(() => []))
    await client.connect()
    await client.send('say', 1)
    expect(await end()).toEqual(['lost'])
  })

  it('reports what left twice, in another order, or though it was rejected', async () => {
    const held: string[] = []
    const { client, end } = setup(
      faulty((frame) => {
        if (frame.includes('twice')) return [frame, frame]
        if (!frame.includes('held')) return [frame, ...held.splice(0)]
        held.push(frame)
        return []
      }),
    )
    await client.connect()
    for (const type of ['twice', 'held', 'say']) void client.send(type, 1)
    const circle: { self?: unknown } = {}
    circle.self = circle
    await expect(client.send('say', circle)).rejects.toMatchObject({ code: 'ENCODE' })
    expect((await end()).sort()).toEqual(['duplicated', 'reordered'])
  })

  it('reports a message that left though its promise was rejected', async () => {
    const { client, end } = setup(({ transport }) => ({
      transport: (request) => {
        const link = transport(request)
        const handOver = link.send.bind(link)
        link.send = (frame) => {
          handOver(frame)
          throw new Error('the host says no')
        }
        return link
      },
    }))
    await client.connect()
    await expect(client.send('say', 1)).rejects.toMatchObject({ code: 'ENCODE' })
    expect(await end()).toEqual(['applied though rejected'])
  })

  it('reports a promise that never settles', async () => {
    const { client, network } = setup()
    client.send = () => new Promise(() => {})
    const watch = watchClient(client, { network })
    void client.send('say', 1)
    expect((await watch.end()).map(({ kind }) => kind)).toContain('never settled')
  })

  it('reports what is shown and did not arrive, or not as often', async () => {
    const codec = jsonCodec()
    let last: ReturnType<typeof codec.decode>
    const { client, server, end } = setup(() => ({
      codec: { ...codec, decode: (frame) => (last = last?.type === 'again' ? last : codec.decode(frame)) },
    }))
    await client.connect()
    for (const type of ['ticker', 'again', 'other', 'other']) server.send(type, 1)
    expect(await end()).toEqual(['not delivered', 'not delivered'])
  })
})

describe('watchClient, over a session', () => {
  const announcement = { v: [1] }
  const welcome = {
    v: 1,
    sid: 's',
    st: 'new',
    cursor: { epoch: 'p', offset: 0 },
    rx: 0,
    ttlMs: 1,
    dedupeMs: 1,
    durable: true,
  }

  async function welcomed() {
    const world = setup(() => ({
      session: session(),
      auth: { token: () => 't', accepted: 'ready' },
      reconnect: { delayMs: 10 },
    }))
    const { client, clock, network } = world
    const open = async (rest: object): Promise<void> => {
      void client.connect()
      await settle()
      network.last.receive({ type: 'ready', sw: announcement })
      network.last.receive({ type: 'sw.welcome', sw: { ...welcome, ...rest } })
      await settle()
    }
    await open({})
    const drop = async (rest: object): Promise<void> => {
      network.last.drop()
      clock.advance(10)
      await open(rest)
    }
    return { ...world, drop, tell: (type: string, sw: object) => network.last.receive({ type, sw }) }
  }

  it('takes what is sent again, with its number, for once', async () => {
    const { client, network, drop, tell, end } = await welcomed()
    const sent = [client.send('say', 1), client.channel('room').publish('say', 2), client.request('ask', 3)]
    await drop({ st: 'resumed', rx: 1 })
    expect(network.last.messages).toMatchObject([{}, {}, { sw: { n: 2 } }, { sw: { n: 3 } }])
    tell('sw.ack', { rx: 2 })
    await Promise.all(sent.slice(0, 2))
    void client.send('held', 1)
    expect(await end()).toEqual([])
  })

  it.each([
    ['takes a hole for what it is when it is told of', true, []],
    ['reports a hole that nobody was told of', false, ['hole']],
  ])('%s', async (_, isTold, wrong) => {
    const { client, network, tell } = await welcomed()
    const channel = client.channel('room')
    if (!isTold) channel.on = () => () => {}
    const watch = watchClient(client, { listen: true })
    client.channel('room').subscribe()
    await settle()
    const { id } = (network.last.messages.at(-1) as { sw: { subs: { id: number }[] } }).sw.subs[0]!
    tell('sw.subd', { id, c: 'room', st: 'new', cursor: { epoch: 'e', offset: 5 } })
    tell('say', { c: 'room', o: 6 })
    tell('sw.gap', { id, c: 'room', why: 'trimmed', cursor: { epoch: 'e', offset: 9 } })
    tell('say', { c: 'room', o: 10 })
    expect((await watch.end()).map(({ kind }) => kind)).toEqual(wrong)
  })
})
