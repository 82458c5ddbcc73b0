import { settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { connected, setup, statuses, withToken } from '../client-setup.ts'

describe('auth', () => {
  it('goes out first, and nothing of the application before it is accepted', async () => {
    const { client, server, network } = setup({
      server: { token: 'secret' },
      client: { ...withToken('secret'), onOpen: ['hello'] },
    })
    const sent = client.send('say', 'early')
    await client.connect()
    await sent
    expect(network.last.messages).toEqual([{ type: 'auth', data: 'secret' }, 'hello', { type: 'say', data: 'early' }])
    expect(server.received).toHaveLength(3)
  })

  it('opens at once when the server says nothing on success', async () => {
    const { client, network } = setup({ client: { auth: { token: () => 'secret', accepted: false } } })
    await client.connect()
    expect(network.last.messages).toEqual([{ type: 'auth', data: 'secret' }])
  })

  for (const acceptance of ['auth ok', '"auth ok"', { type: 'auth ok' }, { type: 'anything', data: 'auth ok' }]) {
    it(`is accepted by ${JSON.stringify(acceptance)}`, async () => {
      const { client, network, messages, pass } = setup({ client: withToken('secret') })
      void client.connect()
      await pass(0)
      expect(client.state.status).toBe('authenticating')
      network.last.receive(acceptance)
      expect(client.state.status).toBe('open')
      expect(messages).toEqual([])
    })
  }

  it('F69 keeps data that comes before the acceptance and delivers it after, in order', async () => {
    const world = setup({ client: withToken('secret') })
    void world.client.connect()
    await world.pass(0)
    world.network.last.receive({ type: 'a', data: 1 })
    world.network.last.receive({ type: 'b', data: 2 })
    expect(world.messages).toEqual([])
    world.network.last.receive('auth ok')
    expect(world.messages.map(({ type }) => type)).toEqual(['a', 'b'])
  })

  it('F70 accepted twice: the second time is ignored', async () => {
    const world = await connected({ server: { token: 'secret' }, client: withToken('secret') })
    const before = world.states.length
    world.server.send('auth', 'auth ok')
    world.server.last.sendRaw('auth ok')
    expect(world.states).toHaveLength(before)
    expect([world.messages, world.problems]).toEqual([[], []])
  })

  it('takes a chat message "auth ok" for data once open', async () => {
    const { server, messages } = await connected({ server: { token: 'secret' }, client: withToken('secret') })
    server.send('chat', 'auth ok')
    expect(messages).toEqual([{ type: 'chat', data: 'auth ok' }])
  })

  it('F71 refused after it was accepted: a fresh token is asked for at once', async () => {
    const asked: boolean[] = []
    const world = await connected({
      server: { token: 'secret' },
      client: { auth: { token: ({ refused }) => (asked.push(refused), 'secret') } },
    })
    world.server.send('noAuth')
    await world.pass(0)
    expect(asked).toEqual([false, true])
    expect(world.client.state.status).toBe('open')
    expect(world.network.live).toHaveLength(1)
  })

  it('F76 the token provider rejects once: reported, retried, recovered', async () => {
    let calls = 0
    const world = setup({
      server: { token: 'secret' },
      client: withToken(() => (++calls === 1 ? Promise.reject(new Error('offline')) : 'secret')),
    })
    void world.client.connect()
    await world.pass(0)
    expect(world.client.state).toMatchObject({ status: 'waiting', reason: 'provider' })
    expect(world.problems).toMatchObject([
      { code: 'TOKEN', details: { failure: 'failed' }, cause: { message: 'offline' } },
    ])
    await world.pass(2_000)
    expect(world.client.state.status).toBe('open')
  })

  it('F77 the token provider throws: reported, retried, recovered', async () => {
    let calls = 0
    const world = setup({
      server: { token: 'secret' },
      client: withToken(() => {
        if (++calls === 1) throw new Error('no session yet')
        return 'secret'
      }),
    })
    void world.client.connect()
    await world.pass(2_000)
    expect(world.problems).toMatchObject([{ code: 'TOKEN', cause: { message: 'no session yet' } }])
    expect(world.client.state.status).toBe('open')
  })

  it('F78 the token provider never settles: given up after the time-out, and its late answer is dropped', async () => {
    const answers: ((token: string) => void)[] = []
    const world = setup({
      server: { token: 'new' },
      client: withToken(() => new Promise((resolve) => answers.push(resolve))),
    })
    void world.client.connect()
    await world.pass(10_000)
    expect(world.client.state).toMatchObject({ status: 'waiting', reason: 'provider' })
    expect(world.problems).toMatchObject([{ code: 'TOKEN', details: { failure: 'timeout' } }])
    await world.pass(2_000)
    answers[0]?.('old')
    await world.pass(0)
    expect(world.network.transports).toHaveLength(0)
    answers[1]?.('new')
    await world.pass(0)
    expect(world.server.received).toEqual([{ type: 'auth', data: 'new' }])
  })

  for (const token of ['', undefined, null, 42]) {
    it(`F79 the token is ${JSON.stringify(token) ?? 'undefined'}: the attempt fails and nothing is sent`, async () => {
      const world = setup({ client: withToken(() => token as string) })
      void world.client.connect()
      await world.pass(0)
      expect(world.client.state).toMatchObject({ status: 'waiting', reason: 'provider' })
      expect(world.problems).toMatchObject([{ code: 'TOKEN', details: { failure: 'unusable' } }])
      expect(world.network.transports).toHaveLength(0)
    })
  }

  it('F79 an empty token in answer to a refusal is final', async () => {
    const world = setup({
      server: { token: 'secret' },
      client: { auth: { token: ({ refused }) => (refused ? '' : 'expired') } },
    })
    const connecting = world.client.connect()
    await expect(connecting).rejects.toMatchObject({ code: 'FAILED', details: { reason: 'auth' } })
    expect(world.client.state).toMatchObject({ status: 'failed', reason: 'auth' })
  })

  it('F80 token expired: one forced refresh, at once; a second refusal is final and the outbox is kept', async () => {
    const asked: boolean[] = []
    const world = setup({
      server: { token: 'good' },
      client: { auth: { token: ({ refused }) => (asked.push(refused), refused ? 'stale too' : 'stale') } },
    })
    const sent = world.client.send('say', 'kept')
    await expect(world.client.connect()).rejects.toMatchObject({ code: 'FAILED' })
    expect(asked).toEqual([false, true])
    expect(world.network.transports).toHaveLength(2)
    expect(world.clock.monotonic()).toBe(0)
    world.server.token = 'stale'
    await world.client.connect()
    await sent
    expect(world.server.received.at(-1)).toEqual({ type: 'say', data: 'kept' })
  })

  it('F81 the refresh gives the same expired token for ever: two connects, then failed', async () => {
    const world = setup({ server: { token: 'good' }, client: withToken('expired') })
    void world.client.connect()
    await world.pass(120_000)
    expect(world.network.transports).toHaveLength(2)
    expect(world.client.state).toMatchObject({ status: 'failed', reason: 'auth' })
  })

  it('F81 accepted and refused in turn for ever: failed, not a loop', async () => {
    const world = setup({ server: { token: 'good' }, client: withToken('good') })
    void world.client.connect()
    for (let round = 0; round < 10; round++) {
      await world.pass(0)
      world.server.connections[0]?.send('noAuth')
    }
    expect(world.client.state).toMatchObject({ status: 'failed', reason: 'auth' })
    expect(world.network.transports).toHaveLength(2)
  })

  it('F81 accepted for a good second and refused again, for ever: waits between the attempts', async () => {
    const world = setup({ server: { token: 'good' }, client: withToken('good') })
    void world.client.connect()
    for (let ms = 0; ms < 60_000; ms += 100) {
      world.server.broadcast('tick')
      await world.pass(100, 100)
      if (world.client.state.status === 'open' && world.client.state.attempt === 0)
        world.server.connections[0]?.close(4401)
    }
    expect(world.network.transports.length).toBeGreaterThan(5)
    expect(world.network.transports.length).toBeLessThan(40)
  })

  it('F69 keeps the newest of more early data than it holds, and says so once', async () => {
    const world = setup({ client: withToken('secret') })
    void world.client.connect()
    await world.pass(0)
    for (let early = 0; early < 150; early++) world.network.last.receive({ type: 'early', data: early })
    world.network.last.receive('auth ok')
    expect(world.messages.map(({ data }) => data)).toEqual(Array.from({ length: 100 }, (_, index) => index + 50))
    expect(world.problems.map(({ code }) => code)).toEqual(['EARLY_DROPPED'])
  })

  it('takes close code 4401 for a refusal', async () => {
    const asked: boolean[] = []
    const world = await connected({
      server: { token: 'secret' },
      client: { auth: { token: ({ refused }) => (asked.push(refused), 'secret') } },
    })
    world.server.last.close(4401)
    await world.pass(0)
    expect(asked).toEqual([false, true])
    expect(world.client.state.status).toBe('open')
  })

  it('F91 an older provider call answers while the newer one is pending: dropped', async () => {
    const answers: ((token: string) => void)[] = []
    const world = setup({ client: withToken(() => new Promise((resolve) => answers.push(resolve))) })
    void world.client.connect()
    await world.pass(0)
    void world.client.disconnect()
    void world.client.connect()
    await world.pass(0)
    answers[0]?.('old')
    await world.pass(0)
    expect(world.client.state.status).toBe('preparing')
    expect(world.network.transports).toHaveLength(0)
  })

  it('F84 the auth service is down for 10 min: token attempts follow the backoff, no socket is opened', async () => {
    let calls = 0
    const world = setup({ client: withToken(() => (calls++, Promise.reject(new Error('503')))) })
    void world.client.connect()
    await world.pass(600_000, 100)
    expect(calls).toBeGreaterThan(40)
    expect(calls).toBeLessThan(90)
    expect(world.network.transports).toHaveLength(0)
  })

  it('F91 connecting anew while an older provider call is pending: the stale answer is dropped', async () => {
    const answers: ((token: string) => void)[] = []
    const aborted: boolean[] = []
    const world = setup({
      server: { token: 'new' },
      client: {
        auth: {
          token: ({ signal }) => {
            signal.addEventListener('abort', () => aborted.push(true))
            return new Promise((resolve) => answers.push(resolve))
          },
        },
      },
    })
    void world.client.connect()
    await world.pass(0)
    void world.client.disconnect()
    void world.client.connect()
    await world.pass(0)
    answers[1]?.('new')
    await world.pass(0)
    answers[0]?.('old')
    await world.pass(0)
    expect(aborted).toEqual([true])
    expect(world.server.received).toEqual([{ type: 'auth', data: 'new' }])
    expect(world.network.transports).toHaveLength(1)
    expect(world.client.state.status).toBe('open')
  })

  it('shows nothing of a URL that cannot be opened, which may hold a token', async () => {
    const world = setup({ client: { url: 'nonsense://?token=TOP-SECRET' } })
    world.network.failure = new SyntaxError('invalid URL nonsense://?token=TOP-SECRET')
    void world.client.connect()
    await world.pass(0)
    expect(world.problems).toMatchObject([{ code: 'URL', details: { problem: 'cannot be opened (SyntaxError)' } }])
    expect(String(world.problems[0]?.cause)).not.toContain('TOP-SECRET')
    expect(world.client.state).toMatchObject({ status: 'waiting', attempt: 2 })
  })

  it('shows the token in no report of a frame that quotes it', async () => {
    const world = await connected({ server: { token: 'TOP-SECRET' }, client: withToken('TOP-SECRET') })
    world.server.last.sendRaw('welcome, bearer of TOP-SECRET')
    expect(world.problems[0]?.message).toContain('welcome, bearer of [token]')
  })

  it('shows the token nowhere: not in states, problems or messages', async () => {
    const world = await connected({ server: { token: 'TOP-SECRET' }, client: withToken('TOP-SECRET') })
    world.server.last.sendRaw('garbage')
    world.server.send('noAuth')
    await world.pass(0)
    world.server.stop()
    await world.pass(1_000)
    expect(statuses(world)).toContain('waiting')
    const told = JSON.stringify([world.states, world.problems.map((p) => [p.message, p.details]), world.messages])
    expect(told).not.toContain('TOP-SECRET')
  })

  it.each([
    ['under a lock it is renewed once, and all are open', true, { renewals: 1, open: 10 }],
    ['without the lock each renews it, and makes that of the others void', false, { renewals: 10, open: 1 }],
  ])('F85 ten clients find one rotating token expired at once: %s', async (_, isLocked, expected) => {
    const { token, renewed, onRenewal } = rotatingToken({ isLocked })
    const worlds = Array.from({ length: 10 }, () =>
      setup({ server: { token: 'none' }, client: { auth: { token: token() } } }),
    )
    const servers = worlds.map((world) => world.server)
    onRenewal((valid) => servers.forEach((one) => (one.token = valid)))
    await Promise.allSettled(worlds.map(({ client }) => client.connect()))
    const open = worlds.filter(({ client }) => client.state.status === 'open').length
    expect({ renewals: renewed(), open }).toEqual(expected)
  })
})

/** A token that ten tabs share, as in the recipe of the README; `token()` makes the provider of one tab. */
function rotatingToken({ isLocked }: { readonly isLocked: boolean }) {
  let kept = 'expired'
  let renewals = 0
  let tail: Promise<unknown> = Promise.resolve()
  let tell = (_token: string): void => {}
  const request = (work: () => Promise<string>): Promise<string> => {
    const result = isLocked ? tail.then(work) : work()
    tail = result
    return result
  }
  const renew = async (): Promise<string> => {
    const fresh = `fresh ${++renewals}`
    await settle()
    return fresh
  }
  const token = () => {
    let given = ''
    return ({ refused }: { readonly refused: boolean }): Promise<string> =>
      request(async () => {
        if (refused && kept === given) {
          kept = await renew()
          tell(kept)
        }
        return (given = kept)
      })
  }
  return { token, renewed: () => renewals, onRenewal: (listener: typeof tell) => (tell = listener) }
}
