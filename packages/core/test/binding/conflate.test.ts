import { createFakes } from '@statewire/testing'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import {
  append,
  createClient,
  defineProtocol,
  jsonCodec,
  latest,
  upsert,
  type AnyClient,
  type ClientOptions,
  type StatewireError,
} from '../../src/index.ts'
import { callTo, createStore } from './setup.ts'

const text = (type: string, data: unknown): string => JSON.stringify({ type, data })

/** A client whose codec counts what it decodes, and a store that is bound to it. */
async function setup({
  wire = { ticker: latest('last') } as object,
  ...options
}: Partial<ClientOptions> & { wire?: object } = {}) {
  const fakes = createFakes()
  const decoded: string[] = []
  const codec = jsonCodec()
  const client = createClient({
    url: 'ws://fake',
    transport: fakes.transport,
    env: fakes.env,
    heartbeat: false,
    codec: { ...codec, decode: (frame) => codec.decode((decoded.push(frame as string), frame)) },
    ...options,
  }) as AnyClient
  const problems: StatewireError[] = []
  client.on('problem', (problem) => problems.push(problem))
  onTestFinished(() => client.dispose())
  await client.connect()
  const store = createStore({ last: null, other: null, rows: {}, log: [] })
  const binding = client.bind(store.sink, wire as never)
  const receive = (...frames: readonly string[]): void => {
    for (const frame of frames) fakes.server.last.sendRaw(frame)
  }
  // A type is held from its second frame on.
  const meet = (type = 'ticker'): void => {
    receive(text(type, 0))
    fakes.frames.paint()
    decoded.length = store.commits.length = 0
  }
  const codes = (): string[] => problems.map(({ code }) => code)
  return {
    ...fakes,
    client,
    store,
    binding,
    decoded,
    problems,
    codes,
    receive,
    meet,
    paint: () => fakes.frames.paint(),
  }
}

const [one, two, three] = [1, 2, 3].map((data) => text('ticker', data)) as [string, string, string]

describe('frames that will be overwritten', () => {
  it('stay undecoded, but for the newest of their type in each flush', async () => {
    const { client, store, decoded, receive, meet, paint } = await setup()
    meet()
    receive(one, two, three)
    expect(decoded).toEqual([])
    paint()
    expect([decoded, store.commits, client.stats().conflated]).toEqual([[three], [{ last: 3 }], 2])
    receive(one)
    paint()
    expect([decoded, store.state['last'], client.stats().conflated]).toEqual([[three, one], 1, 2])
  })

  it('are counted as received and ask for one flush', async () => {
    const { client, frames, clock, receive, meet } = await setup()
    meet()
    const { frames: before } = client.stats()
    receive(...Array.from({ length: 5_000 }, () => one))
    expect([client.stats().frames - before, frames.pending, clock.pending.length]).toEqual([5_000, 1, 1])
  })

  it.each<readonly [why: string, options: Parameters<typeof setup>[0]]>([
    ['conflate is off', { conflate: false }],
    ['flush is sync', { flush: 'sync' }],
    ['the type has a schema', { protocol: defineProtocol({ receive: { ticker: z.number() } }) }],
    ['another rule takes the type', { wire: { ticker: [latest('last'), append('log', { limit: 9 })] } }],
    ['a call is made for it', { wire: { ticker: [latest('last'), callTo('ring')] } }],
    ['another type is kept under the same key', { wire: { ticker: latest('last'), quote: latest('last') } }],
    ["it is taken by '*'", { wire: { '*': latest('last'), quote: latest('other') } }],
    ['a function of the wire sees all keys', { wire: { ticker: latest('last'), quote: () => ({}) } }],
    ['nobody takes it', { wire: {} }],
    ['every message may be the answer to a ping', { heartbeat: { mode: 'ping', pong: 'pong' } }],
    ['it is the heartbeat', { heartbeat: { mode: 'reply', type: 'ticker' } }],
  ])('are decoded as they come when %s', async (_, options) => {
    const { decoded, receive } = await setup(options)
    receive(one, two, three)
    expect(decoded).toEqual([one, two, three])
  })

  it.each(['auth', 'auth ok', 'noAuth', 'heartCheck', 'sw.topic'])('are never of type %s', async (type) => {
    const { decoded, receive } = await setup({ wire: { [type]: latest('last') } })
    receive(text(type, 1), text(type, 2))
    expect(decoded).toHaveLength(2)
  })

  it.each<readonly [who: string, begin: (client: AnyClient) => () => void]>([
    ['a listener of the type', (client) => client.onMessage('ticker', () => {})],
    ["a listener of '*'", (client) => client.onMessage('*', () => {})],
    ['a listener of message', (client) => client.on('message', () => {})],
    [
      'another binding that takes more',
      (client) => {
        const binding = client.bind(createStore({ log: [] }).sink, { ticker: append('log', { limit: 9 }) })
        return () => binding.stop()
      },
    ],
    [
      'a request',
      (client) => {
        const abort = new AbortController()
        client.request('ask', 1, { signal: abort.signal }).catch(() => {})
        return () => abort.abort()
      },
    ],
  ])('are decoded as long as there is %s, and what came before is not lost', async (_, begin) => {
    const { client, store, decoded, receive, meet, paint } = await setup({
      requests: { match: () => false },
      wire: { ticker: latest('last') },
    })
    meet()
    receive(one, two)
    const end = begin(client)
    receive(three)
    expect(decoded).toContain(three)
    paint()
    expect(store.state['last']).toBe(3)
    end()
    decoded.length = 0
    receive(one, two)
    expect(decoded).toEqual([])
    paint()
    expect(store.state['last']).toBe(2)
  })

  it('are not told to a listener that comes after them', async () => {
    const { client, receive, meet, paint } = await setup()
    meet()
    receive(one)
    const heard: unknown[] = []
    client.onMessage('ticker', (data) => heard.push(data))
    paint()
    expect(heard).toEqual([])
  })

  it('are decoded from the newest back, as long as that fails, and each failure is reported', async () => {
    const { client, store, decoded, problems, receive, meet, paint } = await setup()
    meet()
    const [cut, half] = [two.slice(0, -1), '{"type":"ticker","data":']
    receive(one, two, cut, half)
    expect(problems).toEqual([])
    paint()
    expect([decoded, store.state['last'], client.stats().conflated]).toEqual([[half, cut, two], 2, 1])
    expect(problems.map(({ code, details }) => [code, details])).toEqual([
      ['BAD_FRAME', { excerpt: JSON.stringify(half), count: 1 }],
      ['BAD_FRAME', { excerpt: JSON.stringify(cut), count: 2 }],
    ])
    receive(half)
    paint()
    expect([store.state['last'], store.commits.length, client.stats().badFrames]).toEqual([2, 1, 3])
  })

  it('count as what JSON says when they name two types, and do not stand for the first', async () => {
    const { client, store, receive, meet, paint } = await setup({
      wire: { ticker: latest('last'), quote: latest('other') },
    })
    meet()
    meet('quote')
    receive(one, '{"type":"ticker","type":"quote","data":7}')
    paint()
    paint()
    expect([store.state['last'], store.state['other'], client.stats().conflated]).toEqual([1, 7, 0])
  })

  it('are read in full when their type is escaped, late or blank before it, in their place', async () => {
    const { store, decoded, receive, meet, paint } = await setup()
    meet()
    receive(one, '{"type":"tick\\u0065r","data":2}')
    expect(decoded).toEqual(['{"type":"tick\\u0065r","data":2}', one])
    receive('{"data":3,"type":"ticker"}', ' {"type":"ticker","data":4}')
    paint()
    expect(store.state['last']).toBe(4)
    receive('{"type":"tick\\u0065r","data":5}', one)
    paint()
    expect(store.state['last']).toBe(1)
  })

  it('are reported at once when they are too large', async () => {
    const { codes, receive, meet } = await setup({ maxFrameBytes: 100 })
    meet()
    receive(text('ticker', 'x'.repeat(100)), one)
    expect(codes()).toEqual(['FRAME_TOO_LARGE'])
  })

  it('land before what comes after them, though so many types came between that theirs would be forgotten', async () => {
    const { store, receive, meet, paint } = await setup()
    meet()
    receive(text('ticker', 1))
    for (let i = 0; i < 2_500; i++) receive(text(`event/${i}`, i))
    receive(text('ticker', 2))
    paint()
    expect(store.state['last']).toBe(2)
  })

  it('take 4 MiB at most: then the newest of each type is decoded early', async () => {
    const { client, store, decoded, receive, meet, paint } = await setup()
    meet()
    const large = Array.from({ length: 30 }, (_, i) => text('ticker', `${i}${'x'.repeat(209_715)}`))
    receive(...large)
    expect(decoded).toEqual([large[9], large[19], large[29]])
    paint()
    expect([decoded.length, client.stats().conflated, store.commits]).toEqual([
      3,
      27,
      [{ last: JSON.parse(large[29]!).data }],
    ])
  })

  it('count as the frames that they are parts of, each once', async () => {
    const { decoded, receive, meet, paint } = await setup({ splitFrames: true })
    meet()
    const rest = text('nobody', 'x'.repeat(699_050))
    const ticks = Array.from({ length: 8 }, (_, i) => text('ticker', i))
    for (const [i, tick] of ticks.entries()) receive([tick, rest, text('ticker', `${i} again`)].join('\n'))
    const isTick = (frame: string): boolean => frame.includes('ticker')
    expect(decoded.filter(isTick)).toEqual([ticks[2], ticks[5]])
    paint()
    expect(decoded.filter(isTick)).toHaveLength(3)
  })

  it('land though the link has gone, and show no token of it', async () => {
    const { server, store, codes, problems, receive, meet, paint } = await setup({
      auth: { token: () => 'hush', accepted: false },
    })
    meet()
    receive(one, '{"type":"ticker","data":"hush')
    server.last.close(1006)
    paint()
    expect(JSON.stringify(problems.map(({ message, details }) => [message, details]))).not.toContain('hush')
    expect([store.state['last'], codes()]).toEqual([1, ['BAD_FRAME']])
  })

  it('are void after a sign-out, and after the end', async () => {
    const { client, store, receive, meet, paint } = await setup()
    meet()
    client.signIn(1)
    receive(one)
    client.signIn(2)
    paint()
    expect([store.commits, store.state['last'], store.resets]).toEqual([[], null, 1])
    await client.connect()
    meet()
    receive(one)
    client.dispose()
    paint()
    expect(store.commits).toEqual([])
  })

  it('do not go on when the report of a bad one ends everything', async () => {
    const { client, store, decoded, receive, meet, paint } = await setup()
    meet()
    client.on('problem', () => client.signOut())
    receive(one, two, '{"type":"ticker","data":')
    paint()
    expect([decoded.length, store.state['last']]).toEqual([1, null])
  })

  it('do not land when reading them ends everything', async () => {
    const codec = jsonCodec()
    let client: AnyClient | undefined
    const decode: typeof codec.decode = (frame) => {
      if (frame === three) client?.signOut()
      return codec.decode(frame)
    }
    const world = await setup({ codec: { ...codec, decode } })
    client = world.client
    world.meet()
    world.receive(one, three)
    world.paint()
    expect(world.store.state['last']).toBe(null)
  })

  it('come to the store in the order of the newest ones', async () => {
    const { client, receive, meet, paint } = await setup({ wire: {} })
    const types: string[] = []
    const other = createStore(
      { last: null, other: null },
      { onCommit: ({ messages }) => types.push(...messages.map(({ type }) => type)) },
    )
    client.bind(other.sink, { ticker: latest('last'), quote: latest('other') })
    meet()
    meet('quote')
    types.length = 0
    receive(one, text('quote', 1), two)
    paint()
    expect(types).toEqual(['quote', 'ticker'])
  })

  it('land before what a pause holds, and are decoded one by one meanwhile', async () => {
    const { binding, store, decoded, receive, meet, paint } = await setup()
    meet()
    receive(one, two)
    binding.pause()
    receive(three, one)
    expect(decoded).toEqual([two, three, one])
    paint()
    expect(store.state['last']).toBe(0)
    binding.resume()
    paint()
    expect(store.state['last']).toBe(1)
  })

  it('give a store that comes later the newest of all, with replay', async () => {
    const { client, receive, meet, paint } = await setup({ wire: { ticker: latest('last'), quote: latest('other') } })
    meet()
    meet('quote')
    receive(one, text('quote', 'old'), two, text('quote', 'new'), three)
    const late = createStore({ last: null })
    client.bind(late.sink, { ticker: latest('last', { replay: true }), quote: latest('last', { replay: true }) })
    paint()
    expect(late.commits).toEqual([{ last: 3 }])
  })

  it('change nothing that a store shows', async () => {
    const frame = fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(fc.constantFrom('ticker', 'quote', 'row'), fc.nat(9))
          .map(([type, id]) => text(type, type === 'row' ? { id } : id)),
      },
      fc.constantFrom(
        '{"type":"ticker","data":',
        '{"type":"tick\\u0065r","data":77}',
        '{"data":78,"type":"quote"}',
        '{"type":"quote"}',
        '{"type":"row","data":null}',
      ),
    )
    const step = fc.oneof(
      { weight: 8, arbitrary: frame },
      fc.constantFrom('flush', 'pause', 'resume', 'listen', 'unlisten'),
    )
    const wire = { ticker: latest('last'), quote: latest('other'), row: upsert('rows', { by: 'id' }) }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const worlds = [await setup({ wire }), await setup({ wire, conflate: false })]
        const shown = worlds.map(({ client, binding, store, receive, paint }) => {
          const states: unknown[] = []
          let stop = (): void => {}
          const run: Record<string, () => void> = {
            flush: () => {
              paint()
              states.push(structuredClone(store.state))
            },
            pause: () => binding.pause(),
            resume: () => binding.resume(),
            listen: () => (stop = client.onMessage('ticker', () => {})),
            unlisten: () => stop(),
          }
          for (const given of [...steps, 'resume', 'flush']) (run[given] ?? (() => receive(given)))()
          client.dispose()
          return states
        })
        expect(shown[0]).toEqual(shown[1])
      }),
      { numRuns: 60 },
    )
  })
})
