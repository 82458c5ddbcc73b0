import { describe, expect, it } from 'vitest'
import { session } from '../../src/session/index.ts'
import { FakeDisk } from './fake-disk.ts'
import { ANNOUNCEMENT, setup, WELCOME } from './setup.ts'

describe('a session at its edges', () => {
  it('publishes nothing once its user has signed out, nor after its end', async () => {
    const { client, welcome, sent, settle } = setup()
    client.signIn('ann')
    await welcome()
    client.signOut()
    await expect(client.channel('room').publish('say', 'of ann')).rejects.toMatchObject({ code: 'CLOSED' })
    client.signIn('bob')
    await welcome()
    await settle()
    expect(sent().map(({ type }) => type)).toEqual(['auth', 'sw.hello'])
    client.dispose()
    await expect(client.channel('room').publish('say', 'late')).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('sends no message that a server of sessions would not take, and everything after it', async () => {
    const { client, welcome, sent } = setup()
    await welcome()
    for (const type of ['x'.repeat(256), 'sw.ack']) {
      for (const sending of [client.send(type, 1), client.request(type, 1), client.channel('room').publish(type, 1)]) {
        await expect(sending).rejects.toMatchObject({ code: 'INVALID_OPTION' })
      }
    }
    await expect(client.sendRaw('{"data":1}')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    void client.send('say', 2)
    expect(sent(2)).toEqual([{ type: 'say', data: 2, sw: { n: 1 } }])
  })

  it('rejects a request whose data cannot be written', async () => {
    const { client, welcome } = setup()
    await welcome()
    await expect(client.request('ask', new Map())).rejects.toMatchObject({ code: 'ENCODE' })
  })

  it('sends nothing whose signal is aborted already', async () => {
    const { client, welcome, sent } = setup({ session: undefined as never })
    await welcome()
    const signal = AbortSignal.abort(new Error('not any more'))
    for (const volatile of [true, false]) {
      await expect(client.send('say', 1, { volatile, signal })).rejects.toThrow('not any more')
    }
    expect(sent(1)).toEqual([])
  })

  it('asks a server without sessions in the way of the application, when it asked before it knew', async () => {
    const { client, open, network } = setup({
      requests: { match: ({ type }, message) => message.type === `${type} reply` },
    })
    const asking = client.request('ask', 'a')
    await open()
    await Promise.resolve()
    network.last.receive({ type: 'ask reply', data: 'b' })
    await expect(asking).resolves.toBe('b')
  })

  it('shows nobody a message whose first reader signed another user in', async () => {
    const { client, welcome, control, network, messages } = setup()
    client.signIn('ann')
    await welcome()
    client.channel('room').subscribe(() => client.signIn('bob'))
    await Promise.resolve()
    control('sw.subd', { id: 1, c: 'room', st: 'new', cursor: { epoch: 'e', offset: 0 } })
    network.last.receive({ type: 'entry', data: 'of ann', sw: { c: 'room', o: 1 } })
    expect(messages).toEqual([])
  })

  it('subscribes however much the link has to do', async () => {
    const { client, welcome, network, sent, settle } = setup()
    await welcome()
    network.last.bufferedBytes = 2_000_000
    client.channel('room').subscribe()
    await settle()
    expect(sent(2).map(({ type }) => type)).toEqual(['sw.sub'])
  })

  it('F45 goes on with a plain server that accepts without a word, in place of one with sessions', async () => {
    for (const speaks of [true, false]) {
      const { client, network, clock, settle, drop, sent, control } = setup({ auth: false })
      void client.connect()
      await settle()
      network.last.accept()
      control('sw.announce', ANNOUNCEMENT)
      control('sw.welcome', WELCOME)
      await settle()
      for (let link = 0; link < 3; link++) {
        await drop()
        network.last.accept()
      }
      const sending = client.send('say', 'a')
      await settle()
      expect(sent()).toEqual([])
      if (speaks) network.last.receive({ type: 'tick', data: 1 })
      else clock.advance(10_000)
      await expect(sending).resolves.toBeUndefined()
      expect(sent()).toEqual([{ type: 'say', data: 'a' }])
    }
  })

  it('asks and is answered anew under another client id, and rejects what nobody will answer', async () => {
    const { client, welcome, drop, control, network } = setup()
    await welcome()
    const first = client.request('ask', 'a', { timeoutMs: 900_000 })
    control('sw.ack', { rx: 1 })
    for (let link = 0; link < 3; link++) {
      await drop(4009)
      await welcome({ st: 'resumed', rx: 1 })
    }
    await expect(first).rejects.toMatchObject({ code: 'LOST' })
    const second = client.request('ask', 'b')
    network.last.receive({ type: 'sw.reply', data: 'c', sw: { c: '#', o: 1, re: 1 } })
    await expect(second).resolves.toBe('c')
  })

  it('goes on after a gap in what is sent to it alone', async () => {
    const { client, welcome, control, network, messages, settle } = setup()
    await welcome({ cursor: { epoch: 'p1', offset: 310 } })
    const asking = client.request('ask', 'a')
    control('sw.ack', { rx: 1 })
    await settle()
    control('sw.gap', { c: '#', cursor: { epoch: 'p1', offset: 300 }, why: 'rollback' })
    await expect(asking).rejects.toMatchObject({ code: 'LOST' })
    for (const o of [301, 302]) network.last.receive({ type: 'note', data: o, sw: { c: '#', o } })
    expect(messages.map(({ data }) => data)).toEqual([301, 302])
  })

  it('takes on what another page left, whatever `reconnect` says', async () => {
    const disk = new FakeDisk()
    const { client, welcome, clock, settle, network, sent } = setup({
      session: session({ storage: disk.page() }),
      reconnect: false,
    })
    client.signIn('ann')
    await welcome()
    const left = disk.page()
    const closing = setup({ session: session({ storage: left }) })
    closing.client.signIn('ann')
    void closing.client.send('say', 'left')
    await settle()
    left.crash()
    clock.advance(30_000)
    await settle()
    expect(client.state).toMatchObject({ status: 'connecting', attempt: 1 })
    await welcome({ st: 'resumed' })
    await settle()
    expect([network.transports.length, sent().map(({ data }) => data)]).toEqual([2, ['secret', undefined, 'left']])
  })
})
