import { describe, expect, it } from 'vitest'
import { createFakes, settle, type FakeServerOptions } from '@statewire/testing'

function setup(options?: FakeServerOptions) {
  const { server, network, transport } = createFakes(options)
  const events: unknown[] = []
  const open = () =>
    transport({
      url: 'ws://fake',
      protocols: [],
      fresh: true,
      binaryType: 'arraybuffer',
      onOpen: () => events.push('open'),
      onFrame: (frame) => events.push(typeof frame === 'string' ? JSON.parse(frame) : frame),
      onClose: ({ code }) => events.push(code),
    })
  return { server, network, events, open }
}

describe('FakeServer', () => {
  it('accepts a link in the next microtask and talks over it', async () => {
    const { server, events, open } = setup()
    const link = open()
    expect(events).toEqual([])
    await settle()
    link.send('{"type":"say","data":"hi"}')
    server.send('ticker', 1)
    server.broadcast('ticker', 2)
    server.beat()
    expect(server.received).toEqual([{ type: 'say', data: 'hi' }])
    expect(server.last.received).toEqual(server.received)
    expect(events).toEqual(['open', { type: 'ticker', data: 1 }, { type: 'ticker', data: 2 }, { type: 'heartCheck' }])
  })

  it('lets links wait until it accepts them', async () => {
    const { server, events, open } = setup({ autoAccept: false })
    open()
    await settle()
    expect(events).toEqual([])
    server.accept()
    expect([events, server.connections.length]).toEqual([['open'], 1])
  })

  it('answers the right token with auth ok, and tells only those who gave it', async () => {
    const { server, events, open } = setup({ token: 'secret' })
    const link = open()
    await settle()
    server.broadcast('ticker', 1)
    link.send('{"type":"auth","data":"secret"}')
    await settle()
    server.broadcast('ticker', 2)
    expect(events).toEqual(['open', { type: 'auth', data: 'auth ok' }, { type: 'ticker', data: 2 }])
  })

  it('answers a wrong token with noAuth, and ends links that skip auth', async () => {
    const { server, events, open } = setup({ token: 'secret' })
    const link = open()
    await settle()
    link.send('{"type":"auth","data":"guess"}')
    await settle()
    link.send('{"type":"say"}')
    await settle()
    expect(events).toEqual(['open', { type: 'noAuth' }, 4401])
    expect(server.connections).toEqual([])
  })

  it('takes any token with auth alone', async () => {
    const { events, open } = setup({ auth: true })
    const link = open()
    await settle()
    link.send('{"type":"auth","data":"anything"}')
    await settle()
    expect(events).toEqual(['open', { type: 'auth', data: 'auth ok' }])
  })

  it('echoes heartbeats and responds to messages as scripted', async () => {
    const { events, open } = setup({ echo: true, respond: ({ type, data }) => ({ type: `${type} back`, data }) })
    const link = open()
    await settle()
    link.send('{"type":"heartCheck"}')
    link.send('{"type":"say","data":1}')
    link.send('raw text')
    await settle()
    expect(events).toEqual(['open', { type: 'heartCheck' }, { type: 'say back', data: 1 }])
  })

  it('finishes a close in the next microtask', async () => {
    const { server, events, open } = setup()
    const link = open()
    await settle()
    link.close(4000)
    expect([events, server.connections]).toEqual([['open'], []])
    await settle()
    expect(events).toEqual(['open', 4000])
  })

  it('breaks every link when it stops, and refuses new ones until it starts', async () => {
    const { server, events, open } = setup()
    open()
    await settle()
    server.stop()
    open()
    await settle()
    server.start()
    open()
    await settle()
    expect(events).toEqual(['open', 1006, 1006, 'open'])
    expect(server.connections).toHaveLength(1)
  })

  it('forgets a link that the test dropped behind its back', async () => {
    const { server, network, open } = setup()
    open()
    await settle()
    network.last.drop()
    server.broadcast('ticker', 1)
    expect(server.connections).toEqual([])
    expect(() => server.last).toThrow('no open connection')
  })
})

describe('FakeServer blackhole', () => {
  it('swallows both ways, closes included, and delivers late when healed', async () => {
    const { server, events, open } = setup()
    const link = open()
    await settle()
    server.blackhole()
    link.send('{"type":"say"}')
    server.broadcast('ticker', 1)
    await settle()
    expect([server.received, events]).toEqual([[], ['open']])
    link.close(4000)
    await settle()
    expect([events, server.connections.length]).toEqual([['open'], 1])
    server.heal()
    await settle()
    expect(server.received).toEqual([{ type: 'say' }])
    expect(events).toEqual(['open', { type: 'ticker', data: 1 }, 4000])
    expect(server.connections).toEqual([])
  })

  it('swallows one way only, and lets new links pass', async () => {
    const { server, events, open } = setup()
    const link = open()
    await settle()
    server.blackhole('up')
    link.send('{"type":"say"}')
    server.broadcast('ticker', 1)
    expect([server.received, events]).toEqual([[], ['open', { type: 'ticker', data: 1 }]])
    server.heal()
    server.blackhole('down')
    link.send('{"type":"say"}')
    server.broadcast('ticker', 2)
    expect(server.received).toHaveLength(2)
    expect(events).toHaveLength(2)
    open()
    await settle()
    expect(events).toEqual(['open', { type: 'ticker', data: 1 }, 'open'])
  })

  it('hides the answer to a close while the way down is blocked', async () => {
    const { server, events, open } = setup()
    const link = open()
    await settle()
    server.blackhole('down')
    link.close()
    await settle()
    expect([events, server.connections]).toEqual([['open'], []])
  })
})
