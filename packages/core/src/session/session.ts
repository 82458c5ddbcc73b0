import type { Binding, Sink } from '../binding/sink.ts'
import type { Wire } from '../binding/wire.ts'
import type { ResolvedHeartbeat } from '../connection/policy.ts'
import { randomId } from '../env/ids.ts'
import { invalidOption } from '../lib/assert.ts'
import { StatewireError } from '../lib/errors.ts'
import { rejected } from '../lib/promises.ts'
import type { CloseVerdict } from '../protocol/close-codes.ts'
import type { AnyProtocolTypes } from '../protocol/define-protocol.ts'
import { MAX_TYPE_LENGTH, type Envelope } from '../protocol/envelope.ts'
import {
  parseAnnouncement,
  parsePlaced,
  parseSession,
  PRIVATE_TOPIC,
  SESSION_VERSION,
  sessionMessage,
  type Announcement,
  type SessionMessages,
  type SessionMessageType,
  type Welcome,
} from '../protocol/session/index.ts'
import type { AskOptions } from '../requests/requests.ts'
import type { Frame } from '../transport/transport.ts'
import { bindChannel } from './bind-channel.ts'
import { AckedOutbox } from './acked-outbox.ts'
import type { Channel } from './channel.ts'
import { Channels } from './channels.ts'
import { Keeper } from './keeper.ts'
import { resolveSession, type ResolvedSession, type SessionOptions } from './options.ts'
import { ownerOf } from './owner.ts'
import { PendingRequests } from './pending-requests.ts'
import { PrivateTopic } from './private-topic.ts'
import { heartbeatOf, joiningOf } from './contract.ts'
import { Takeovers } from './takeovers.ts'
import { depsOf, type SessionDeps } from './deps.ts'
import type { ClientSession, OpenSession, Posting, SessionHost, TopicOptions } from './port.ts'
import type { BoxIdentity, OutboxStorage } from './storage.ts'
import { TokenRefresh } from './token-refresh.ts'

const STRIKES = 2
/** How long a server may keep quiet on a new link before it counts as one that has forgotten sessions, in milliseconds. */
const SILENT_MS = 10_000
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
  const resolved = resolveSession(options)
  return (host) => new Session(host, resolved)
}

/** One client's session: who it is to the server, what is not settled, and where it stood in each topic. */
class Session implements ClientSession {
  readonly outbox: AckedOutbox
  readonly #host: SessionHost
  readonly #deps: SessionDeps
  readonly #required: boolean
  readonly #requests: PendingRequests
  readonly #private: PrivateTopic
  readonly #takeovers = new Takeovers()
  readonly #refresh: TokenRefresh
  readonly #channels: Channels
  readonly #keeper: Keeper | undefined
  /** `unknown`: no link told yet. `plain`: the server keeps no sessions. */
  #mode: 'unknown' | 'session' | 'plain' = 'unknown'
  #announcement: Announcement | undefined
  #farewell: CloseVerdict | undefined
  #cid: string = randomId()
  #sid: string | undefined
  /** Raised with each link that is lost. */
  #links = 0
  /** On this link: hello is due, or was said; it was said; the welcome came. */
  #greeted = false
  #said = false
  #welcomed = false
  /** The server said on this link that it keeps sessions. */
  #confirmed = false
  /** Links in a row that were lost after hello, and before the server said anything of sessions. */
  #strikes = 0
  #cancelSilence: (() => void) | undefined

  constructor(host: SessionHost, { required, storage, park }: ResolvedSession) {
    const deps = depsOf(host)
    const { clock, codec, limits, watermark, link, random, token, report } = deps
    this.#host = host
    this.#deps = deps
    this.#required = required
    this.#requests = new PendingRequests(clock)
    this.#private = new PrivateTopic(this.#requests, () => link.end(RETRY))
    this.outbox = new AckedOutbox({
      limits,
      watermark,
      clock,
      codec,
      overdue: () => link.check(),
      ready: () => this.#drainAgain(),
      writer: () => this.#keeper?.writer,
      // The user left, and knows.
      failed: (reason) => void (StatewireError.is(reason, 'CLOSED') || report(reason as StatewireError)),
      astray: () => link.end(RETRY),
      doubtful: (messageTypes) => report(new StatewireError('MAYBE_DUPLICATE', { messageTypes })),
    })
    this.#channels = new Channels({
      clock,
      codec,
      report,
      tell: (type, sw) => this.#tell(type, sw),
      post: (type, frame, posting) => this.#post(type, frame, posting),
    })
    if (storage) this.#keeper = this.#keep({ storage, park })
    this.#refresh = new TokenRefresh({
      clock,
      random,
      token,
      send: (fresh) => this.#tell('sw.auth', { token: fresh }),
      failed: (cause) => report(new StatewireError('CALLBACK', { where: 'auth.token' }, { cause })),
    })
  }

  get farewell(): CloseVerdict | undefined {
    return this.#farewell
  }

  get heartbeat(): ResolvedHeartbeat | undefined {
    const contract = this.#welcomed ? this.#announcement?.heartbeat : undefined
    return contract && heartbeatOf(contract)
  }

  misfit(messageType: string): StatewireError | undefined {
    if (this.#mode === 'plain' || (messageType.length <= MAX_TYPE_LENGTH && !messageType.startsWith(PREFIX))) return
    const expected = `at most ${MAX_TYPE_LENGTH} characters, not beginning with "${PREFIX}"`
    return invalidOption('message type', expected, messageType)
  }

  rawMisfit(frame: Frame): StatewireError | undefined {
    // The server would never take it, nor anything that was sent after it.
    if (this.#mode !== 'session' || this.#deps.codec.decode(frame)) return
    return invalidOption('sendRaw(frame)', 'a message, over a session', typeof frame)
  }

  greet(): void {
    if (this.#announcement || this.#required) this.#hello()
  }

  opened(): boolean {
    this.greet()
    // Not known yet: the server's first frame will tell, and nobody waits for it; unless what has a number is to go again.
    if (!this.#greeted) this.#whenHeld(() => this.#startPlainly())
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
    if (type === 'sw.reply') {
      this.#private.reply(envelope)
      return true
    }
    if (type.startsWith(PREFIX)) return this.#control(type as SessionMessageType, sw)
    // A server that keeps sessions says so first.
    if (!this.#greeted && this.outbox.numbering === undefined) this.#goOnPlainly()
    if (sw === undefined || !this.#welcomed) return false
    const placed = parsePlaced(sw)
    if (!placed) return false
    const { c: topic, o: offset } = placed
    const show = (): void => this.#deps.deliver(envelope, frame)
    if (topic === PRIVATE_TOPIC) this.#private.take(offset, show)
    else this.#channels.find(topic)?.take(offset, envelope, () => this.#deps.deliver(envelope, frame, topic))
    return true
  }

  lost(code?: number): void {
    this.#links++
    if (this.#said && !this.#confirmed) this.#strikes++
    // It may be the hello that a server of another kind cannot bear: the next link begins without, and waits to be told.
    if (this.#strikes >= STRIKES) this.#announcement = undefined
    this.outbox.numbering = undefined
    this.#greeted = false
    this.#said = false
    this.#confirmed = false
    this.#welcomed = false
    this.#farewell = undefined
    this.#cancelSilence?.()
    this.#refresh.stop()
    this.#keeper?.ignoreOrphans()
    this.outbox.linkLost()
    this.#channels.linkLost()
    if (code === TAKEN_OVER) this.#takenOver()
  }

  ask(type: string, params: unknown, { timeoutMs, signal }: AskOptions): Promise<unknown> {
    const { options, client } = this.#host
    const { codec, requests } = options
    const askPlainly = (): Promise<unknown> => client.askPlainly(type, params, { timeoutMs, signal })
    if (this.#mode === 'plain') return askPlainly()
    const closed = this.#deps.closed()
    if (closed) return rejected(closed)
    let frame: Frame
    try {
      frame = codec.encode({ type, data: params })
    } catch (cause) {
      return rejected(new StatewireError('ENCODE', { messageType: type }, { cause }))
    }
    const wait = { timeoutMs: timeoutMs ?? requests.timeoutMs, signal }
    const asked = this.#requests.ask(type, wait, (posting) => this.#post(type, frame, posting))
    if (!requests.match) return asked
    return asked.catch((reason: unknown) => {
      // Never sent, as the server keeps no sessions: it goes the application's own way.
      if (StatewireError.is(reason, 'UNSUPPORTED')) return askPlainly()
      throw reason
    })
  }

  channel(topic: string): Channel {
    return this.#channels.at(topic)
  }

  bind<State>(
    sink: Sink<State>,
    wire: Wire<State, AnyProtocolTypes['receive']>,
    { channel: topic, snapshot }: TopicOptions,
  ): Binding {
    return bindChannel(sink, wire, { channel: this.channel(topic), snapshot, host: this.#host })
  }

  signIn(userId: string | number): void {
    this.#keeper?.signIn(userId)
  }

  reset(reason: string): void {
    // Before it is discarded: what is kept is not, unless it is to be deleted.
    this.#keeper?.leave()
    this.outbox.discard(reason)
    this.outbox.renumber()
    this.#requests.discard(reason)
    this.#become({ cid: randomId() })
    this.#channels.forget()
  }

  dispose(): void {
    this.lost()
    this.#keeper?.dispose()
    this.outbox.discard('disposed')
    this.#requests.discard('disposed')
    this.#channels.dispose()
  }

  #post(messageType: string, frame: Frame, posting: Posting): Promise<void> {
    const reason = this.#deps.closed() ?? this.misfit(messageType)
    if (reason) return rejected(reason)
    const promise = this.outbox.add(messageType, frame, posting)
    this.#drain()
    return promise
  }

  #drain(): void {
    if (this.#welcomed && !this.#farewell) this.outbox.drain((frame) => this.#deps.link.send(frame))
  }

  /** Also to a plain server, where it is the client who sends first. */
  #drainAgain(): void {
    if (this.outbox.numbering !== undefined && !this.#farewell)
      this.outbox.drain((frame) => this.#deps.link.send(frame))
  }

  #tell<Type extends SessionMessageType>(type: Type, sw: SessionMessages[Type]): void {
    this.#deps.link.tell(this.#deps.codec.encode(sessionMessage(type, sw)))
  }

  #hello(): void {
    if (!this.#deps.codec.stamp) return
    this.#greeted = true
    this.#whenHeld(() => this.#sayHello())
  }

  #sayHello(): void {
    if (this.#said) return
    this.#said = true
    this.#tell('sw.hello', {
      v: SESSION_VERSION,
      cid: this.#cid,
      tx: this.outbox.lowest,
      ...(this.#sid === undefined ? {} : { sid: this.#sid }),
      ...(this.#private.cursor ? { cursor: this.#private.cursor } : {}),
      ...joiningOf(this.#deps),
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
        return this.#with(type, sw, (subd) => this.#channels.find(subd.c)?.subscribed(subd))
      case 'sw.gap':
        return this.#with(type, sw, (gap) => {
          if (gap.c === PRIVATE_TOPIC) this.#private.gap(gap.cursor)
          else this.#channels.find(gap.c)?.gap(gap)
        })
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
    if (!this.#said || this.#welcomed) return
    const { link } = this.#deps
    this.#welcomed = true
    this.#strikes = 0
    this.#mode = 'session'
    this.outbox.maxFrameBytes = this.#announcement?.maxBytes ?? Infinity
    // Before the requests: what was resent is not lost.
    if (st !== 'resumed' && this.#sid !== undefined) this.#requests.lost()
    this.#sid = sid
    if (st !== 'resumed' || !this.#private.cursor) this.#private.cursor = cursor
    // What is resent must not meet what is on its way: whoever adopts what is kept has to know the session first.
    const writer = this.outbox.keeping ? this.#keeper?.writer : undefined
    this.#onLink(writer && ((act) => writer.identify(act)), () => this.outbox.welcome(rx))
    link.recovered()
    this.#refresh.schedule(this.#announcement?.tokenTtlMs)
    this.#channels.welcome()
    this.#keeper?.adoptOrphans(() => this.outbox.size === 0 && this.#requests.size === 0)
    this.#drain()
  }

  #plain(): void {
    this.#mode = 'plain'
    this.outbox.maxFrameBytes = Infinity
    this.outbox.plain()
    this.#requests.unsupported()
  }

  /** Somebody else holds our client id (a duplicated tab): after a few rounds we take another. */
  #takenOver(): void {
    if (!this.#takeovers.tooMany(this.#deps.clock.monotonic())) return
    this.#become({ cid: randomId() })
    this.outbox.renumber()
  }

  /** From now on the server knows us as this one, and no reply to who we were comes any more. */
  #become({ cid, sid }: BoxIdentity): void {
    this.#requests.lost()
    this.#cid = cid
    this.#sid = sid
    this.#private.cursor = undefined
  }

  /** Goes on as the client that a page before was. A session that is there stays: it is only told another client. */
  #adopt(identity: BoxIdentity): void {
    if (this.#sid === undefined) return this.#become(identity)
    this.#deps.link.renew()
    this.outbox.renumber()
    this.#cid = identity.cid
  }

  #keep({ storage, park }: { readonly storage: OutboxStorage; readonly park: boolean }): Keeper {
    const { clock, name, url, report } = this.#deps
    return new Keeper({
      storage,
      park,
      clock,
      report,
      ownerOf: (userId) => ownerOf({ name, url, userId }),
      identity: () => ({ cid: this.#cid, ...(this.#sid === undefined ? {} : { sid: this.#sid }) }),
      adoptable: () => !this.#said && this.#sid === undefined && !this.outbox.keeping,
      opened: (content) => {
        if (content) this.#adopt(content.identity)
        this.outbox.restore(content)
      },
      lost: () => {
        this.#become({ cid: randomId() })
        this.outbox.surrender()
      },
    })
  }

  /** Once this page has the messages that are kept, or goes on without. */
  #whenHeld(act: () => void): void {
    const keeper = this.#keeper
    this.#onLink(keeper && ((held) => keeper.whenHeld(held)), act)
  }

  /** Does something when `wait` calls back, if the link lives to see it, and then what waited for that. */
  #onLink(wait: ((act: () => void) => void) | undefined, act: () => void): void {
    if (!wait) return act()
    const links = this.#links
    let late = false
    wait(() => {
      if (links !== this.#links) return
      act()
      if (late) this.#drainAgain()
    })
    late = true
  }

  #startPlainly(): void {
    if (this.#greeted) return
    if (this.#mode !== 'session' && !this.outbox.numbered) this.outbox.numbering = false
    // It kept sessions once, and would say so at once if it still did: a word of anything else tells, or that none comes.
    else this.#cancelSilence = this.#deps.clock.schedule(SILENT_MS, () => this.#silent())
  }

  #silent(): void {
    if (!this.#greeted && this.outbox.numbering === undefined && !this.#required) this.#goOnPlainly()
  }

  #goOnPlainly(): void {
    this.#plain()
    this.#drainAgain()
  }
}
