import type { Frame, OpenTransport, Transport, TransportClose } from '@statewire/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'

/** The server's side of one link. */
export interface TransportPeer {
  /** What arrived, in order: text as strings, binary as bytes. */
  readonly received: (string | Uint8Array)[]
  /** Sends text, or binary. */
  send(frame: string | Uint8Array): void
  /** Ends the link in an orderly way. */
  close(code: number, reason: string): void
  /** Breaks the link without a word. */
  break(): void
}

/** A transport and a server for it. */
export interface TransportHarness {
  /** What is tested. */
  readonly open: OpenTransport
  /** Address of a server that accepts. */
  readonly url: string
  /** Address where nothing accepts. */
  readonly refusedUrl: string
  /** Server's side of the link accepted last, once there is one. */
  peer(): Promise<TransportPeer>
  /** Ends the server. Called after each test. */
  dispose(): Promise<void> | void
}

/** What a transport cannot do by its nature; the tests of that are left out. */
export interface TransportTraits {
  /** Whether binary frames are carried. @default true */
  readonly binary?: boolean
  /** Whether the client can send. @default true */
  readonly duplex?: boolean
  /** Whether the server's close code and reason arrive; otherwise 1006 or any other code will do. @default true */
  readonly closeCodes?: boolean
}

type Event = readonly ['open'] | readonly ['frame', Frame] | readonly ['close', TransportClose]

const LONG_REASON = 'é'.repeat(200)

/**
 * What every `OpenTransport` must do.
 *
 * @example
 * describeTransportContract('webSocketTransport', async () => ({ open: webSocketTransport(WebSocket), url, … }))
 */
export function describeTransportContract(
  name: string,
  setup: () => Promise<TransportHarness> | TransportHarness,
  traits: TransportTraits = {},
): void {
  describe(`${name} (transport contract)`, () => {
    let harness: TransportHarness
    const links: Transport[] = []
    beforeEach(async () => {
      harness = await setup()
    })
    afterEach(async () => {
      for (const link of links.splice(0)) link.close()
      await harness.dispose()
    })
    const dial: Dial = (options) => {
      const opened = openLink(harness, options)
      links.push(opened.link)
      return opened
    }
    const connect: Connect = async (options) => {
      const opened = dial(options)
      await eventually(() => opened.events, [['open']])
      return { ...opened, peer: await harness.peer() }
    }
    describeOpening(() => harness, dial)
    describeFrames(connect, traits)
    describeClosing({ dial, connect }, traits)
  })
}

interface LinkOptions {
  readonly url?: string
  readonly binaryType?: 'arraybuffer' | 'blob'
}
interface OpenedLink {
  readonly link: Transport
  readonly events: Event[]
}
type Dial = (options?: LinkOptions) => OpenedLink
type Connect = (options?: LinkOptions) => Promise<OpenedLink & { readonly peer: TransportPeer }>

function openLink(harness: TransportHarness, { url = harness.url, binaryType = 'arraybuffer' }: LinkOptions = {}) {
  const events: Event[] = []
  let returned = false
  const note = (event: Event): void => {
    // Thrown where it happens and kept besides: hosts swallow what callbacks throw.
    if (!returned) events.push(['close', { code: -1, reason: `${event[0]} was called before open had returned` }])
    events.push(event)
  }
  const link = harness.open({
    url,
    protocols: [],
    fresh: true,
    binaryType,
    onOpen: () => note(['open']),
    onFrame: (frame) => note(['frame', frame]),
    onClose: (close) => note(['close', close]),
  })
  returned = true
  return { link, events }
}

function describeOpening(harness: () => TransportHarness, dial: Dial): void {
  it('opens once, after open has returned', async () => {
    const { link, events } = dial()
    expect(events).toEqual([])
    await eventually(() => events, [['open']])
    expect(link.bufferedBytes).toBeGreaterThanOrEqual(0)
  })

  it('refuses to send before it is open, without throwing', async () => {
    const { link, events } = dial()
    expect(link.send('early')).toBe(false)
    await eventually(() => events, [['open']])
    expect((await harness().peer()).received).toEqual([])
  })

  it('ends a link that never opened with 1006, and nothing before', async () => {
    const { events } = dial({ url: harness().refusedUrl })
    expect(events).toEqual([])
    await eventually(() => events.map(([kind]) => kind), ['close'])
    expect(events[0]?.[1]).toMatchObject({ code: 1006 })
  })
}

function describeFrames(connect: Connect, { binary = true, duplex = true }: TransportTraits): void {
  it('delivers frames in order', async () => {
    const { events, peer } = await connect()
    const frames = Array.from({ length: 100 }, (_, index) => `frame ${index} é 漢 😀`)
    for (const frame of frames) peer.send(frame)
    await eventually(() => events, [['open'], ...frames.map((frame) => ['frame', frame])])
  })

  it.runIf(duplex)('sends frames in order', async () => {
    const { link, peer } = await connect()
    const frames = Array.from({ length: 100 }, (_, index) => `frame ${index} é 漢 😀`)
    for (const frame of frames) expect(link.send(frame)).toBe(true)
    await eventually(() => peer.received, frames)
  })

  it.runIf(binary)('sends binary frames of every kind', async () => {
    const { link, peer } = await connect()
    const bytes = new Uint8Array([0, 1, 2, 255])
    expect(link.send(bytes.buffer)).toBe(true)
    expect(link.send(bytes.subarray(1))).toBe(true)
    await eventually(() => peer.received, [bytes, bytes.subarray(1)])
  })

  it.runIf(binary)('delivers binary as ArrayBuffer or as Blob, as asked, and switches', async () => {
    const { link, events, peer } = await connect({ binaryType: 'arraybuffer' })
    peer.send(new Uint8Array([1, 2]))
    await eventually(() => events.length, 2)
    link.binaryType = 'blob'
    expect(link.binaryType).toBe('blob')
    peer.send(new Uint8Array([3, 4]))
    await eventually(() => events.length, 3)
    const [, first, second] = events.map(([, value]) => value)
    expect(first).toEqual(new Uint8Array([1, 2]).buffer)
    expect(second).toBeInstanceOf(Blob)
    expect(new Uint8Array(await (second as Blob).arrayBuffer())).toEqual(new Uint8Array([3, 4]))
  })
}

function describeClosing(
  { dial, connect }: { readonly dial: Dial; readonly connect: Connect },
  { closeCodes = true }: TransportTraits,
): void {
  const kinds = (events: readonly Event[]) => events.map(([kind]) => kind)

  it('reports the end by the server once, last, with its code and reason', async () => {
    const { link, events, peer } = await connect()
    peer.send('before')
    peer.close(4001, 'bye')
    await eventually(() => kinds(events), ['open', 'frame', 'close'])
    if (closeCodes) expect(events[2]?.[1]).toEqual({ code: 4001, reason: 'bye' })
    link.close()
    expect(link.send('late')).toBe(false)
    await pause()
    expect(kinds(events)).toEqual(['open', 'frame', 'close'])
  })

  it('reports a broken link as 1006, once', async () => {
    const { events, peer, link } = await connect()
    peer.break()
    await eventually(() => kinds(events), ['open', 'close'])
    if (closeCodes) expect(events[1]?.[1]).toMatchObject({ code: 1006 })
    expect(link.send('late')).toBe(false)
  })

  it('closes when asked, once, however often it is asked, and refuses to send from then on', async () => {
    const { link, events } = await connect()
    link.close(4000, 'done')
    expect(link.send('late')).toBe(false)
    link.close(4001)
    link.close()
    await eventually(() => kinds(events), ['open', 'close'])
    link.close()
    await pause()
    expect(kinds(events)).toEqual(['open', 'close'])
  })

  it.each([
    ['an unsendable code', 1006, ''],
    ['a code out of range', 99_999, ''],
    ['no number at all', Number.NaN, ''],
    ['a reason that is too long', 4000, LONG_REASON],
  ])('closes with %s without throwing', async (_, code, reason) => {
    const { link, events } = await connect()
    link.close(code, reason)
    await eventually(() => kinds(events), ['open', 'close'])
  })

  it('closes while connecting without throwing, and never opens', async () => {
    const { link, events } = dial()
    link.close(4000, 'changed my mind')
    await eventually(() => kinds(events), ['close'])
    await pause()
    expect(kinds(events)).toEqual(['close'])
  })
}

/** Long enough for a second event that must not come. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
