import { describe, expect, it } from 'vitest'
import { StatewireError } from '../../src/index.ts'
import { session } from '../../src/session/index.ts'
import { ANNOUNCEMENT, codes, setup, WELCOME } from './setup.ts'

describe('a session', () => {
  it('begins when the server announces that it can, and opens with the welcome', async () => {
    const { client, open, control, sent } = setup()
    await open(ANNOUNCEMENT)
    expect(client.state.status).toBe('recovering')
    expect(sent()).toEqual([
      { type: 'auth', data: 'secret' },
      {
        type: 'sw.hello',
        sw: { v: 1, cid: expect.stringMatching(/^[0-9a-f]{32}$/) as string, tx: 1, join: 16_777_216 },
      },
    ])
    control('sw.welcome', WELCOME)
    expect(client.state.status).toBe('open')
  })

  it('shows a plain server no key that it does not know', async () => {
    const { client, open, sent } = setup()
    await open()
    expect(client.state.status).toBe('open')
    await client.send('say', 1)
    expect(sent()).toEqual([
      { type: 'auth', data: 'secret' },
      { type: 'say', data: 1 },
    ])
  })

  it('says hello right behind auth where the server is known, so that a reconnect takes one round trip', async () => {
    const { client, welcome, drop, network, sent, control } = setup()
    await welcome()
    await drop()
    network.last.accept()
    expect(sent().map(({ type }) => type)).toEqual(['auth', 'sw.hello'])
    expect(sent()[1]).toMatchObject({ sw: { sid: 's1', cursor: { epoch: 'p1', offset: 0 } } })
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', { ...WELCOME, st: 'resumed' })
    expect(client.state.status).toBe('open')
    expect(sent().map(({ type }) => type)).toEqual(['auth', 'sw.hello'])
  })

  it('resolves a send when the server has it', async () => {
    const { client, welcome, control, sent, settle } = setup()
    await welcome()
    const settled: string[] = []
    void client.send('say', 'a').then(() => settled.push('a'))
    void client.send('say', 'b').then(() => settled.push('b'))
    expect(sent(2)).toEqual([
      { type: 'say', data: 'a', sw: { n: 1 } },
      { type: 'say', data: 'b', sw: { n: 2 } },
    ])
    await settle()
    expect(settled).toEqual([])
    control('sw.ack', { rx: 1 })
    await settle()
    expect(settled).toEqual(['a'])
    control('sw.ack', { rx: 2 })
    await settle()
    expect(settled).toEqual(['a', 'b'])
  })

  it('F17 sends what was not acknowledged again, with its number, and takes the repeated acknowledgement', async () => {
    const { client, welcome, drop, network, control, sent, settle } = setup()
    await welcome()
    const first = client.send('say', 'a')
    const second = client.send('say', 'b')
    await drop()
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    // The server had the first when the link broke: only its acknowledgement was lost.
    control('sw.welcome', { ...WELCOME, st: 'resumed', rx: 1 })
    await expect(first).resolves.toBeUndefined()
    expect(sent(2)).toEqual([{ type: 'say', data: 'b', sw: { n: 2 } }])
    control('sw.ack', { rx: 2 })
    await expect(second).resolves.toBeUndefined()
    await settle()
  })

  it('sends at most 128 at once, and the others as soon as those are acknowledged', async () => {
    const { client, welcome, control, sent } = setup()
    await welcome()
    for (let i = 1; i <= 200; i++) void client.send('say', i)
    expect(sent(2)).toHaveLength(128)
    control('sw.ack', { rx: 10 })
    expect(sent(2)).toHaveLength(138)
    control('sw.ack', { rx: 138 })
    expect(sent(2).map(({ data }) => data)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  })

  it('F65 and F66: ignores acknowledgements of the past and of the future', async () => {
    const { client, welcome, control, sent, settle } = setup()
    await welcome()
    const sending = client.send('say', 'a')
    control('sw.ack', { rx: 0 })
    control('sw.ack', { rx: 1 })
    control('sw.ack', { rx: 1 })
    await expect(sending).resolves.toBeUndefined()
    void client.send('say', 'b')
    expect(sent(3)).toEqual([{ type: 'say', data: 'b', sw: { n: 2 } }])
    await settle()
  })

  it('F131 rejects what is larger than the server takes, and sends nothing', async () => {
    const { client, welcome, sent } = setup()
    await welcome()
    await expect(client.send('say', 'x'.repeat(70_000))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(sent()).toHaveLength(2)
  })

  it('F133 rejects the one that the server refuses, and settles the others in order', async () => {
    const { client, welcome, control } = setup()
    await welcome()
    const [first, second, third] = ['a', 'b', 'c'].map((data) => client.send('say', data))
    control('sw.nack', { n: 2, code: 'denied', message: 'not you' })
    control('sw.ack', { rx: 3 })
    await expect(first).resolves.toBeUndefined()
    await expect(second).rejects.toMatchObject({ code: 'REFUSED', details: { refusal: 'denied', problem: 'not you' } })
    await expect(third).resolves.toBeUndefined()
  })

  it('F134 sends again, in order, what the server could not take for now', async () => {
    const { client, welcome, control, clock, sent } = setup()
    await welcome()
    for (const data of ['a', 'b', 'c']) void client.send('say', data)
    control('sw.nack', { n: 2, code: 'busy', message: 'later', retryMs: 500 })
    control('sw.nack', { n: 3, code: 'gap', message: 'want 2', want: 2 })
    expect(sent(5)).toEqual([])
    clock.advance(500)
    expect(sent(5).map(({ data }) => data)).toEqual(['b', 'c'])
  })

  it('F125 takes a message back before it is sent, and seals its number afterwards', async () => {
    const { client, welcome, drop, network, control, sent } = setup()
    await welcome()
    const abort = new AbortController()
    const sending = client.send('say', 'a', { signal: abort.signal })
    void client.send('say', 'b')
    abort.abort(new Error('changed my mind'))
    await expect(sending).rejects.toThrow('changed my mind')
    await drop()
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', { ...WELCOME, st: 'resumed', rx: 0 })
    expect(sent(2)).toEqual([
      { type: 'sw.skip', sw: { n: 1 } },
      { type: 'say', data: 'b', sw: { n: 2 } },
    ])
  })

  it('F135 rejects what waited too long, and never sends it', async () => {
    const { client, welcome, clock, drop, network, sent, control } = setup({ outbox: { maxAgeMs: 1_000 } })
    await welcome()
    network.last.drop()
    const sending = client.send('say', 'late')
    clock.advance(1_000)
    await expect(sending).rejects.toMatchObject({ code: 'EXPIRED' })
    clock.advance(15_000)
    await drop().catch(() => {})
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', { ...WELCOME, st: 'resumed' })
    expect(sent(2)).toEqual([])
  })

  it('F1 checks the link when an acknowledgement takes ten seconds, and drops it five seconds later', async () => {
    const { client, welcome, clock, sent } = setup()
    await welcome()
    void client.send('say', 'a')
    clock.advance(10_000)
    expect(sent(3)).toEqual([{ type: 'heartCheck' }])
    clock.advance(5_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'heartbeat' })
  })

  it('F25 and F142: says which messages the server may have twice when it has lost its memory', async () => {
    const { client, welcome, drop, network, control, problems, sent } = setup()
    await welcome()
    void client.send('say', 'a')
    await drop()
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    const { rx: _, ...forgetful } = WELCOME
    control('sw.welcome', { ...forgetful, sid: 's2', st: 'lost', cursor: { epoch: 'p2', offset: 0 } })
    expect(problems.map(({ code, details }) => ({ code, details }))).toEqual([
      { code: 'MAYBE_DUPLICATE', details: { messageTypes: ['say'] } },
    ])
    expect(sent(2)).toEqual([{ type: 'say', data: 'a', sw: { n: 1 } }])
  })

  it('F45 goes on with a server that was replaced by a plain one, and rejects what nobody can tell about', async () => {
    const { client, welcome, drop, open, network, sent } = setup()
    await welcome()
    const doubtful = client.send('say', 'a')
    await drop()
    const held = client.send('say', 'b')
    network.last.accept()
    network.last.receive({ type: 'auth ok' })
    await expect(doubtful).rejects.toMatchObject({ code: 'LOST' })
    await expect(held).resolves.toBeUndefined()
    expect(client.state.status).toBe('open')
    expect(sent().at(-1)).toEqual({ type: 'say', data: 'b' })
    await drop()
    await open()
    expect(sent()).toEqual([{ type: 'auth', data: 'secret' }])
  })

  it('F45 stops saying hello first to a server that closes on it, until that server says that it may', async () => {
    const { client, welcome, drop, network, sent, control } = setup()
    await welcome()
    for (let link = 0; link < 2; link++) {
      await drop()
      network.last.accept()
      expect(sent().map(({ type }) => type)).toEqual(['auth', 'sw.hello'])
    }
    await drop()
    network.last.accept()
    expect(sent()).toEqual([{ type: 'auth', data: 'secret' }])
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    expect(sent().map(({ type }) => type)).toEqual(['auth', 'sw.hello'])
    control('sw.welcome', { ...WELCOME, st: 'resumed' })
    expect(client.state.status).toBe('open')
  })

  it('is not content with a plain server when it is required', async () => {
    const { client, open, clock } = setup({ session: session({ required: true }) })
    await open()
    expect(client.state.status).toBe('recovering')
    clock.advance(10_000)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'timeout' })
  })

  it('F41 and F104: takes another client id when somebody else keeps taking the session over', async () => {
    const { welcome, drop, network, sent, control } = setup()
    await welcome()
    const cids: unknown[] = [(sent()[1]!['sw'] as { cid: string }).cid]
    for (let round = 0; round < 3; round++) {
      await drop(4009)
      network.last.accept()
      network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
      cids.push((sent()[1]!['sw'] as { cid: string }).cid)
      control('sw.welcome', { ...WELCOME, st: 'resumed' })
    }
    expect(new Set(cids.slice(0, 3)).size).toBe(1)
    expect(cids[3]).not.toBe(cids[0])
    expect(sent()[1]).not.toHaveProperty('sw.sid')
  })

  it('F26 comes back when the server said it may, not before', async () => {
    const { client, welcome, control, network } = setup()
    await welcome()
    control('sw.bye', { retryMs: 1_000, spreadMs: 20_000, why: 'restart' })
    network.last.drop(1012)
    expect(client.state).toMatchObject({ status: 'waiting', reason: 'busy' })
    expect((client.state as { nextRetryAt: number }).nextRetryAt - client.state.since).toBe(11_000)
  })

  it('F86 and F87: sends nothing of one user under another, and takes another client id', async () => {
    const { client, welcome, network, sent, open, settle } = setup()
    client.signIn('anna')
    await welcome()
    const before = sent()[1]
    network.last.drop()
    const sending = client.send('say', 'from anna')
    client.signIn('bert')
    await expect(sending).rejects.toMatchObject({ code: 'CLOSED' })
    await settle()
    await open(ANNOUNCEMENT)
    expect(sent()).toHaveLength(2)
    expect(sent()[1]!['sw'] as object).not.toHaveProperty('sid')
    expect(sent()[1]).not.toEqual(before)
  })

  it('F82 refreshes a token before it expires, on the open link', async () => {
    const { client, open, control, clock, sent, settle } = setup()
    await open({ ...ANNOUNCEMENT, tokenTtlMs: 40_000 })
    control('sw.welcome', WELCOME)
    clock.advance(30_000)
    await settle()
    expect(sent().filter(({ type }) => type === 'sw.auth')).toEqual([{ type: 'sw.auth', sw: { token: 'secret' } }])
    control('sw.authd', {})
    expect(client.state.status).toBe('open')
  })

  it('F83 and F80: asks for a new token on a new link when the fresh one is refused', async () => {
    const { client, welcome, network } = setup()
    await welcome()
    network.last.receive({ type: 'noAuth' })
    expect(client.state).toMatchObject({ status: 'preparing', reason: 'auth' })
  })

  it('reports a malformed session message, and goes on', async () => {
    const { client, welcome, control, problems } = setup()
    await welcome()
    for (const sw of [undefined, null, 1, [], {}, { rx: -1 }, { rx: 1.5 }, { rx: '1' }, { rx: 2 ** 53 }]) {
      control('sw.ack', sw)
    }
    expect(new Set(codes(problems))).toEqual(new Set(['SESSION']))
    expect(problems).toHaveLength(9)
    expect(client.state.status).toBe('open')
  })

  it('F54 ignores session messages of a later version', async () => {
    const { welcome, control, problems, messages } = setup()
    await welcome()
    control('sw.newfangled', { a: 1 })
    expect([problems, messages]).toEqual([[], []])
  })

  it('drops volatile messages when the connection is not open', async () => {
    const { client, welcome, network, sent } = setup()
    await welcome()
    await client.send('cursor', 1, { volatile: true })
    expect(sent(2)).toEqual([{ type: 'cursor', data: 1 }])
    network.last.drop()
    await expect(client.send('cursor', 2, { volatile: true })).rejects.toMatchObject({ code: 'NOT_SENT' })
  })

  it('names the way out where there is no session', () => {
    const { client } = setup({ session: undefined as never })
    expect(() => client.channel('room')).toThrow(StatewireError)
  })
})

describe('a request over a session', () => {
  it('gets the reply that carries its number', async () => {
    const { client, welcome, control, sent } = setup()
    await welcome()
    const asking = client.request('getData', { chart: 'hot' })
    await Promise.resolve()
    expect(sent(2)).toEqual([{ type: 'getData', data: { chart: 'hot' }, sw: { n: 1, rq: true } }])
    control('sw.ack', { rx: 1 })
    control('sw.reply', { c: '#', o: 1, re: 1 }, { data: [1, 2] })
    await expect(asking).resolves.toEqual([1, 2])
  })

  it('gets its reply over another link', async () => {
    const { client, welcome, drop, network, control, settle } = setup()
    await welcome()
    const asking = client.request('getData', {}, { timeoutMs: 60_000 })
    await settle()
    control('sw.ack', { rx: 1 })
    await settle()
    await drop()
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', { ...WELCOME, st: 'resumed', rx: 1 })
    control('sw.reply', { c: '#', o: 1, re: 1 }, { data: 'late, and there' })
    await expect(asking).resolves.toBe('late, and there')
  })

  it('is lost when the session is, unless it has to be sent again anyway', async () => {
    const { client, welcome, drop, network, control, sent, settle } = setup()
    await welcome()
    const taken = client.request('first', {}, { timeoutMs: 60_000 })
    await settle()
    control('sw.ack', { rx: 1 })
    await settle()
    const unsettled = client.request('second', {}, { timeoutMs: 60_000 })
    await settle()
    await drop()
    network.last.accept()
    network.last.receive({ type: 'auth ok', sw: ANNOUNCEMENT })
    control('sw.welcome', { ...WELCOME, sid: 's2', st: 'lost', rx: 1, cursor: { epoch: 'p2', offset: 0 } })
    await expect(taken).rejects.toMatchObject({ code: 'LOST' })
    expect(sent(2)).toEqual([{ type: 'second', data: {}, sw: { n: 2, rq: true } }])
    control('sw.reply', { c: '#', o: 1, re: 2 }, { data: 'ok' })
    await expect(unsettled).resolves.toBe('ok')
  })

  it('rejects with what the server says', async () => {
    const { client, welcome, control, settle } = setup()
    await welcome()
    const asking = client.request('getData', {})
    await settle()
    control('sw.reply', { c: '#', o: 1, re: 1, error: { code: 'denied', message: 'no' } })
    await expect(asking).rejects.toMatchObject({ code: 'REFUSED', details: { refusal: 'denied', problem: 'no' } })
  })

  it('F67 and F124: drops the reply that comes after the time-out, and one that nobody asked for', async () => {
    const { client, welcome, control, clock, messages, settle } = setup()
    await welcome()
    const asking = client.request('getData', {}, { timeoutMs: 50 })
    await settle()
    clock.advance(50)
    await expect(asking).rejects.toMatchObject({ code: 'TIMEOUT' })
    control('sw.reply', { c: '#', o: 1, re: 1 }, { data: 1 })
    control('sw.reply', { c: '#', o: 2, re: 77 }, { data: 1 })
    expect(messages).toEqual([])
  })

  it('is refused where the server turns out to be a plain one', async () => {
    const { client, open, settle } = setup()
    const asking = client.request('getData', {})
    await settle()
    await open()
    await expect(asking).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})
