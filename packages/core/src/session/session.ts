import type { ResolvedHeartbeat } from '../connection/policy.ts'
import { randomId } from '../env/ids.ts'
import { assertGroup, invalidOption } from '../lib/assert.ts'
import { StatewireError } from '../lib/errors.ts'
import { handled } from '../outbox/outbox.ts'
import type { CloseVerdict } from '../protocol/close-codes.ts'
import type { Envelope } from '../protocol/envelope.ts'
import {
  MAX_NAME_BYTES,
  parseAnnouncement,
  parseName,
  parsePlaced,
  parseReplyError,
  parseSession,
  PRIVATE_TOPIC,
  SESSION_VERSION,
  sessionMessage,
  type Announcement,
  type Cursor,
  type SessionMessages,
  type SessionMessageType,
  type Sub,
  type Welcome,
} from '../protocol/session/index.ts'
import type { Frame } from '../transport/transport.ts'
import { AckedOutbox } from './acked-outbox.ts'
import { SessionChannel, type Channel } from './channel.ts'
import { PendingRequests, type RequestOptions } from './pending-requests.ts'
import type { ClientSession, OpenSession, Posting, SessionDeps } from './port.ts'
import { TokenRefresh } from './token-refresh.ts'

export interface SessionOptions {
  /**
   * Never be content with a plain server: a link without a session counts as failed. Without it, a server that announces no
   * sessions is served like any other, and nothing is acknowledged.
   * @default false
   */
  readonly required?: boolean
}

const SUBS_PER_FRAME = 64
const STRIKES = 2
const TAKEOVERS = 3
const TAKEOVERS_WITHIN_MS = 60_000
const TAKEN_OVER = 4009
const RETRY: CloseVerdict = { action: 'retry' }
const PREFIX = 'sw.'

/**
 * Returns what option `session` takes: acknowledged sends, channels and replies that survive a lost link, with servers that
 * keep sessions (`@statewire/server`, or any that speaks the same protocol).
 *
 * @throws {StatewireError} `INVALID_OPTION`.
 * @example
 * const client = createClient({ url, auth, session: session() })
 * await client.send('say', { text }) // the server has it, once
 * client.channel('room:1').subscribe((message) => show(message.data))
 */
export function session(options: SessionOptions = {}): OpenSession {
  assertGroup('session', options, ['required'])
  const { required = false } = options
  if (typeof required !== 'boolean') throw invalidOption('session.required', 'true or false', required)
  return (deps) => new Session(deps, { required })
}

/** One client's session: who it is to the server, what is not settled, and where it stood in each topic. */
class Session implements ClientSession {
  readonly outbox: AckedOutbox
  readonly #deps: SessionDeps
  readonly #required: boolean
  readonly #requests: PendingRequests
  readonly #refresh: TokenRefresh
  readonly #channels = new Map<string, SessionChannel>()
  #mode: ClientSession['mode'] = 'unknown'
  #announcement: Announcement | undefined
  #farewell: CloseVerdict | undefined
  #cid: string = randomId()
  #sid: string | undefined
  /** Where the private topic stood. */
  #cursor: Cursor | undefined
  /** On this link: hello was said; the welcome came. */
  #greeted = false
  #welcomed = false
  /** The server said on this link that it keeps sessions. */
  #confirmed = false
  /** Links in a row that were lost after hello, and before the server said anything of sessions. */
  #strikes = 0
  #takeovers: number[] = []
  #lastId = 0
  #unsentSubs: Sub[] = []

  constructor(deps: SessionDeps, { required }: Required<SessionOptions>) {
    const { clock, codec, limits, watermark, link, random, token, report } = deps
    this.#deps = deps
    this.#required = required
    this.#requests = new PendingRequests(clock)
    this.outbox = new AckedOutbox({
      limits,
      watermark,
      clock,
      codec,
      overdue: () => link.check(),
      ready: () => this.#drain(),
      astray: () => link.end(RETRY),
      doubtful: (messageTypes) => report(new StatewireError('MAYBE_DUPLICATE', { messageTypes })),
    })
    this.#refresh = new TokenRefresh({
      clock,
      random,
      token,
      send: (fresh) => this.#tell('sw.auth', { token: fresh }),
      failed: (cause) => report(new StatewireError('CALLBACK', { where: 'auth.token' }, { cause })),
    })
  }

  get mode(): ClientSession['mode'] {
    return this.#mode
  }

  get farewell(): CloseVerdict | undefined {
    return this.#farewell
  }

  get heartbeat(): ResolvedHeartbeat | undefined {
    const contract = this.#welcomed ? this.#announcement?.heartbeat : undefined
    if (!contract) return undefined
    const { mode, everyMs: intervalMs, withinMs: timeoutMs } = contract
    const beat = { type: 'heartCheck' }
    if (mode === 'ping') return { mode, frame: () => beat, pong: undefined, intervalMs, timeoutMs }
    if (mode === 'reply') return { mode, type: beat.type, intervalMs, timeoutMs, probe: () => beat }
    return { mode, intervalMs, timeoutMs, probe: () => beat }
  }

  greet(): void {
    if (this.#announcement || this.#required) this.#hello()
  }

  opened(): boolean {
    this.greet()
    // Not known yet: the server's first frame will tell, and nobody waits for it; unless what has a number is to go again.
    if (!this.#greeted && this.#mode !== 'session') this.outbox.numbering = false
    return this.#greeted
  }

  accepted(sw: unknown): boolean {
    const capable = this.#deps.codec.stamp !== undefined
    const announcement = capable ? parseAnnouncement(sw) : undefined
    const spoken = announcement?.v.includes(SESSION_VERSION) ?? false
    this.#announcement = spoken ? announcement : undefined
    if (spoken) {
      this.#confirmed = true
      if (!this.#greeted) this.#hello()
      return !this.#welcomed
    }
    if (this.#required) return true
    this.#plain()
    return false
  }

  take(envelope: Envelope, frame: Frame): boolean {
    const { type, sw } = envelope
    if (type === 'sw.reply') return this.#reply(envelope)
    if (type.startsWith(PREFIX)) return this.#control(type as SessionMessageType, sw)
    // A server that keeps sessions says so first.
    if (this.#mode === 'unknown' && !this.#greeted) this.#plain()
    if (sw === undefined || !this.#welcomed) return false
    const placed = parsePlaced(sw)
    if (!placed) return false
    const { c: topic, o: offset } = placed
    const show = (): void => this.#deps.deliver(envelope, frame)
    if (topic === PRIVATE_TOPIC) this.#takePrivate(offset, show)
    else this.#channels.get(topic)?.take(offset, envelope, () => this.#deps.deliver(envelope, frame, topic))
    return true
  }

  lost(code?: number): void {
    if (this.#greeted && !this.#confirmed) this.#strikes++
    // It may be the hello that a server of another kind cannot bear: the next link begins without, and waits to be told.
    if (this.#strikes >= STRIKES) this.#announcement = undefined
    this.outbox.numbering = undefined
    this.#greeted = false
    this.#confirmed = false
    this.#welcomed = false
    this.#farewell = undefined
    this.#unsentSubs = []
    this.#refresh.stop()
    this.outbox.linkLost()
    for (const channel of this.#channels.values()) channel.linkLost()
    if (code === TAKEN_OVER) this.#takenOver()
  }

  request(type: string, frame: Frame, options: RequestOptions): Promise<unknown> {
    return this.#requests.ask(type, options, (posting) => this.#post(type, frame, posting))
  }

  channel(topic: string): Channel {
    const known = this.#channels.get(topic)
    if (known) return known
    if (parseName(topic) === undefined || topic === PRIVATE_TOPIC) {
      const expected = `a topic: 1 to ${MAX_NAME_BYTES} bytes without control characters, and not "${PRIVATE_TOPIC}"`
      throw invalidOption('channel(topic)', expected, topic)
    }
    const { clock, codec, report } = this.#deps
    const channel = new SessionChannel({
      topic,
      clock,
      report,
      nextId: () => ++this.#lastId,
      subscribe: (sub) => this.#subscribeSoon(sub),
      unsubscribe: (id) => this.#tell('sw.unsub', { id, c: topic }),
      publish: (type, data) => {
        try {
          return this.#post(type, codec.encode({ type, data }), { topic })
        } catch (cause) {
          return handled(Promise.reject(new StatewireError('ENCODE', { messageType: type }, { cause })))
        }
      },
    })
    this.#channels.set(topic, channel)
    return channel
  }

  reset(reason: string): void {
    this.outbox.discard(reason)
    this.outbox.renumber()
    this.#requests.discard(reason)
    this.#cid = randomId()
    this.#sid = undefined
    this.#cursor = undefined
    for (const channel of this.#channels.values()) channel.forget()
  }

  dispose(): void {
    this.lost()
    this.outbox.discard('disposed')
    this.#requests.discard('disposed')
    for (const channel of this.#channels.values()) channel.dispose()
    this.#channels.clear()
  }

  #post(messageType: string, frame: Frame, posting: Posting): Promise<void> {
    const promise = this.outbox.add(messageType, frame, posting)
    this.#drain()
    return promise
  }

  #drain(): void {
    if (this.#welcomed && !this.#farewell) this.outbox.drain((frame) => this.#deps.link.send(frame))
  }

  #tell<Type extends SessionMessageType>(type: Type, sw: SessionMessages[Type]): void {
    this.#deps.link.send(this.#deps.codec.encode(sessionMessage(type, sw)))
  }

  #hello(): void {
    if (!this.#deps.codec.stamp) return
    this.#greeted = true
    this.#tell('sw.hello', {
      v: SESSION_VERSION,
      cid: this.#cid,
      tx: this.outbox.lowest,
      ...(this.#sid === undefined ? {} : { sid: this.#sid }),
      ...(this.#cursor ? { cursor: this.#cursor } : {}),
    })
  }

  #control(type: SessionMessageType, sw: unknown): boolean {
    switch (type) {
      case 'sw.announce': {
        const announcement = parseAnnouncement(sw)
        if (!announcement?.v.includes(SESSION_VERSION) || !this.#deps.codec.stamp) return true
        this.#announcement = announcement
        this.#confirmed = true
        if (!this.#greeted) this.#hello()
        return true
      }
      case 'sw.welcome':
        return this.#with(type, sw, (welcome) => this.#welcome(welcome))
      case 'sw.ack':
        return this.#with(type, sw, ({ rx }) => {
          this.outbox.ack(rx)
          this.#drain()
        })
      case 'sw.nack':
        return this.#with(type, sw, (nack) => {
          this.outbox.nack(nack)
          this.#drain()
        })
      case 'sw.subd':
        return this.#with(type, sw, (subd) => this.#channels.get(subd.c)?.subscribed(subd))
      case 'sw.gap':
        return this.#with(type, sw, (gap) => this.#channels.get(gap.c)?.gap(gap))
      case 'sw.authd':
        return this.#with(type, sw, ({ tokenTtlMs }) => this.#refresh.schedule(tokenTtlMs))
      case 'sw.reauth':
        this.#refresh.now()
        return true
      case 'sw.bye':
        return this.#with(type, sw, ({ retryMs, spreadMs }) => {
          this.#farewell = { action: 'retryLater', afterMs: retryMs, spreadMs }
        })
      case 'sw.error':
        return this.#with(type, sw, ({ code, message }) =>
          this.#deps.report(new StatewireError('SESSION', { problem: `the server says ${code}: ${message}` })),
        )
      default:
        return true // of a later version, or none that a server may send
    }
  }

  #with<Type extends SessionMessageType>(
    type: Type,
    sw: unknown,
    act: (message: SessionMessages[Type]) => void,
  ): boolean {
    const message = parseSession(type, sw)
    if (message) act(message)
    else this.#deps.report(new StatewireError('SESSION', { problem: `the server sent a malformed "${type}"` }))
    return true
  }

  #welcome({ sid, st, cursor, rx }: Welcome): void {
    if (!this.#greeted || this.#welcomed) return
    const { link } = this.#deps
    this.#welcomed = true
    this.#strikes = 0
    this.#mode = 'session'
    this.outbox.maxFrameBytes = this.#announcement?.maxBytes ?? Infinity
    // Before the requests: what was resent is not lost.
    if (st !== 'resumed' && this.#sid !== undefined) this.#requests.lost()
    this.#sid = sid
    if (st !== 'resumed' || !this.#cursor) this.#cursor = cursor
    this.outbox.welcome(rx)
    link.recovered()
    this.#refresh.schedule(this.#announcement?.tokenTtlMs)
    for (const channel of this.#channels.values()) {
      const sub = channel.wish()
      if (sub) this.#unsentSubs.push(sub)
    }
    this.#sendSubs()
    this.#drain()
  }

  #plain(): void {
    this.#mode = 'plain'
    this.outbox.maxFrameBytes = Infinity
    this.outbox.plain()
    this.#requests.unsupported()
  }

  #reply({ data, sw }: Envelope): boolean {
    const placed = parsePlaced(sw)
    if (!placed || placed.re === undefined || placed.c !== PRIVATE_TOPIC) return true
    const { re } = placed
    const error = parseReplyError(sw)
    this.#takePrivate(placed.o, () => {
      if (!error) return this.#requests.answer(re, { result: data })
      const { code: refusal, message: problem } = error
      const reason = (messageType: string): StatewireError =>
        new StatewireError('REFUSED', { messageType, refusal, problem })
      this.#requests.answer(re, { reason })
    })
    return true
  }

  #takePrivate(offset: number, act: () => void): void {
    const cursor = this.#cursor
    if (!cursor || offset <= cursor.offset) return
    // A hole: a new link brings what is missing.
    if (offset > cursor.offset + 1) return this.#deps.link.end(RETRY)
    act()
    if (this.#cursor === cursor) this.#cursor = { epoch: cursor.epoch, offset }
  }

  #subscribeSoon(sub: Sub): void {
    if (!this.#welcomed) return // the welcome asks for everything
    this.#unsentSubs.push(sub)
    // One frame for all that ask in this task.
    if (this.#unsentSubs.length === 1) queueMicrotask(() => this.#sendSubs())
  }

  #sendSubs(): void {
    const subs = this.#unsentSubs
    this.#unsentSubs = []
    for (let i = 0; i < subs.length; i += SUBS_PER_FRAME) {
      this.#tell('sw.sub', { subs: subs.slice(i, i + SUBS_PER_FRAME) })
    }
  }

  /** Somebody else holds our client id (a duplicated tab): after a few rounds we take another. */
  #takenOver(): void {
    const now = this.#deps.clock.monotonic()
    this.#takeovers = [...this.#takeovers.filter((at) => now - at < TAKEOVERS_WITHIN_MS), now]
    if (this.#takeovers.length < TAKEOVERS) return
    this.#takeovers = []
    this.#cid = randomId()
    this.#sid = undefined
    this.#cursor = undefined
    this.outbox.renumber()
  }
}
