import { describe, expect, it } from 'vitest'
import { FakeNetwork } from '@statewire/testing'

function setup() {
  const network = new FakeNetwork()
  const events: unknown[] = []
  const open = () =>
    network.open({
      url: 'ws://fake',
      protocols: ['echo'],
      fresh: true,
      binaryType: 'arraybuffer',
      onOpen: () => events.push('open'),
      onFrame: (frame) => events.push(frame),
      onClose: (close) => events.push(close),
    })
  return { network, events, open, client: open(), link: network.last }
}

describe('FakeTransport', () => {
  it('hangs until told otherwise', () => {
    const { events, link, client } = setup()
    expect(client.send('early')).toBe(false)
    expect([events, link.sent, link.status]).toEqual([[], [], 'connecting'])
  })

  it('opens, carries frames both ways and ends', () => {
    const { events, link, client } = setup()
    link.accept()
    expect(client.send('{"type":"a"}')).toBe(true)
    client.send('raw text')
    link.receive('text')
    link.receive({ type: 'b', data: 1 })
    link.receive(new Uint8Array([1]))
    link.drop(1001, 'bye')
    expect(link.messages).toEqual([{ type: 'a' }, 'raw text'])
    expect(events).toEqual([
      'open',
      'text',
      '{"type":"b","data":1}',
      new Uint8Array([1]),
      { code: 1001, reason: 'bye' },
    ])
    expect(client.send('late')).toBe(false)
  })

  it('reports the close the client asked for only when told to', () => {
    const { events, link, client } = setup()
    link.accept()
    client.close(4000, 'done')
    client.close(4001)
    expect([link.closed, link.status, events]).toEqual([{ code: 4000, reason: 'done' }, 'closing', ['open']])
    expect(client.send('late')).toBe(false)
    link.finishClose()
    link.finishClose()
    expect(events).toEqual(['open', { code: 4000, reason: 'done' }])
  })

  it('never reports the close of a dead link', () => {
    const { events, link, client } = setup()
    link.accept()
    link.ignoresClose = true
    client.close()
    link.finishClose()
    expect(events).toEqual(['open'])
  })

  it('reports 1006 for a link that was refused, or closed before it was open', () => {
    const { events, link, network, open } = setup()
    link.refuse()
    open().close(4000)
    network.last.finishClose()
    expect(events).toEqual([
      { code: 1006, reason: '' },
      { code: 1006, reason: '' },
    ])
  })

  it('delivers what a faulty host delivers after the client closed', () => {
    const { events, link, client } = setup()
    client.close()
    link.accept()
    link.receive('late')
    expect(events).toEqual(['open', 'late'])
    expect(client.send('no')).toBe(false)
  })

  it('refuses orders that no real link could follow', () => {
    const { link } = setup()
    expect(() => link.receive('early')).toThrow('connecting')
    link.accept()
    expect(() => link.accept()).toThrow('before')
    expect(() => link.refuse()).toThrow('before')
    link.drop()
    expect(() => link.drop()).toThrow('before')
    expect(() => link.receive('late')).toThrow('closed')
  })
})

describe('FakeNetwork', () => {
  it('keeps every link and knows which are alive', () => {
    const { network, open, link } = setup()
    open().close()
    open()
    link.accept()
    expect(network.transports).toHaveLength(3)
    expect(network.live).toEqual([link, network.last])
  })

  it('throws what it is told to throw', () => {
    const { network, open } = setup()
    network.failure = new SyntaxError('bad URL')
    expect(open).toThrow('bad URL')
    expect(network.transports).toHaveLength(1)
  })
})
