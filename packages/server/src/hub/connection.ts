import type { IncomingMessage } from 'node:http'
import { jsonCodec, parseNumbered, type Envelope, type Hello } from '@statewire/core/protocol'
import { parseSession, SESSION_VERSION, type SessionMessages, type SessionMessageType } from '@statewire/core/protocol'
import { AuthGate } from './auth-gate.ts'
import { Beat } from './beat.ts'
import { clientOf } from './client.ts'
import type { HubCore } from './core.ts'
import { sessionFrame } from './encode.ts'
import { Heart } from './heart.ts'
import { JoiningSocket } from './joining-socket.ts'
import { LooseMessages } from './loose-messages.ts'
import { openSession, type OpenSession } from './open-session.ts'
import { Outlet } from './outlet.ts'
import { Subscriptions } from './subscriptions.ts'
import { Throttle } from './throttle.ts'
import { Timers } from './timers.ts'
import type { HubLink, HubSocket, ServerClient, User } from './types.ts'
import { mayUse } from './verify.ts'

const BEAT_FRAME = '{"type":"heartCheck"}'
const MOST_BAD_FRAMES = 10
const BAD_FRAMES_MS = 60_000
const MOST_WAITING = 1_000
const ALL_TOPICS_COST = 64
const LONGEST_REASON = 120
const LONGEST_JOINED = 65_536
/** Of what may wait for a client: one frame is not to make up much of it. */
const JOINED_SHARE = 16

const codec = jsonCodec()
const join = (frames: readonly string[]): string => codec.join!(frames) as string

/** One link, from its first frame to its last. */
export class Connection<U extends User> implements HubLink {
  readonly id: string
  readonly timers: Timers
  readonly client: ServerClient<U>
  readonly #core: HubCore<U>
  readonly #socket: JoiningSocket
  readonly #auth: AuthGate<U>
  readonly #heart: Heart
  readonly #beat = new Beat()
  readonly #loose: LooseMessages<U>
  readonly #outlet: Outlet
  readonly #throttle: Throttle
  readonly #subscriptions: Subscriptions<U>
  #status: 'authenticating' | 'open' | 'closing' | 'closed' = 'authenticating'
  /** A hello that came behind the token. */
  #heldHello: Envelope | undefined
  #hello: 'none' | 'said' = 'none'
  #session: OpenSession<U> | undefined
  #badFrames = { count: 0, since: 0 }
  #cancelClose: () => void = () => {}

  constructor(core: HubCore<U>, socket: HubSocket, request: IncomingMessage) {
    const { env, heartbeat, limits } = core.options
    const { clock, random } = env
    this.#core = core
    this.#socket = new JoiningSocket(socket, core.turn)
    this.id = env.id()
    this.timers = new Timers(clock)
    this.client = clientOf(this, core)
    this.#loose = new LooseMessages(core)
    this.#throttle = new Throttle(socket, clock, this.timers, limits)
    this.#outlet = new Outlet({
      socket: this.#socket,
      timers: this.timers,
      queueBytes: limits.queueBytes,
      sent: (bytes) => this.#counted(bytes),
      dropped: () => void core.counters.broadcastsDropped++,
      slow: () => this.#slow(),
    })
    this.#subscriptions = new Subscriptions(core, {
      timers: this.timers,
      send: (frame) => this.send(frame),
      room: () => this.room(),
      failed: (error) => core.problem('backplane', error),
      gapped: () => void core.counters.topicGaps++,
      may: (topic, action) => this.may(topic, action),
    })
    this.#auth = new AuthGate(core, {
      request,
      timers: this.timers,
      send: (frame) => this.send(frame),
      close: (code, reason) => this.close(code, reason),
      opened: () => this.#opened(),
      renewed: () => void this.#subscriptions.review(),
      wrong: (code, message) => this.#bad(code, message),
      inSession: () => this.#hello === 'said',
    })
    this.#heart = new Heart({
      clock,
      random,
      intervalMs: heartbeat.intervalMs,
      timeoutMs: heartbeat.timeoutMs,
      ping: socket.ping && (() => socket.ping?.()),
      deaf: () => this.#throttle.paused,
      dead: () => this.#dead(),
    })
  }

  /** Begins: with the wait for a token, or at once where none is asked for. */
  begin(): void {
    const { heartbeat } = this.#core.options
    if (heartbeat.beat) this.timers.every(heartbeat.intervalMs, () => this.#sendBeat())
    this.#auth.begin()
  }

  get open(): boolean {
    return this.#status === 'open'
  }

  /** Only asked once authenticated. */
  get user(): U {
    return this.#auth.user
  }

  get session(): OpenSession<U> | undefined {
    return this.#session
  }

  send(frame: string): void {
    this.#outlet.send(frame)
  }

  sendVolatile(frame: string): void {
    this.#socket.expect(frame.length)
    this.#outlet.sendVolatile(frame)
  }

  room(): Promise<void> | undefined {
    return this.#outlet.room()
  }

  may(topic: string, action: 'publish' | 'subscribe'): Promise<boolean | undefined> {
    return mayUse(this.#core, { user: this.user, topic, action })
  }

  alive(): void {
    this.#heart.alive()
  }

  frame(text: string | undefined): void {
    this.#heart.alive()
    if (this.#status === 'closing' || this.#status === 'closed' || this.#core.draining) return
    const { counters, options } = this.#core
    counters.messagesIn++
    counters.bytesIn += text?.length ?? 0
    if (text !== undefined && text.length > options.limits.frameBytes) return this.close(1009, 'too large')
    if (!this.#throttle.admit()) return this.#flood()
    const envelope = text === undefined ? undefined : codec.decode(text)
    if (!envelope) return this.#bad('bad_frame', 'The frame is no JSON object with a type.')
    // With a number it is a message of the application by that name: nothing else would settle the number.
    if (envelope.type === 'heartCheck' && envelope.sw === undefined) return this.#answerBeat()
    if (this.#status === 'authenticating') return this.#early(envelope)
    this.#dispatch(envelope)
  }

  /** Says that the server goes away, to who understands it. */
  bye(sw: SessionMessages['sw.bye']): void {
    if (this.#hello === 'said') this.send(sessionFrame('sw.bye', sw))
  }

  takenOver(): void {
    this.#core.counters.takeovers++
    this.close(4009, 'taken over')
  }

  close(code: number, reason: string): void {
    if (this.#status === 'closing' || this.#status === 'closed') return
    this.#status = 'closing'
    this.#release()
    this.#socket.close(code, reason.slice(0, LONGEST_REASON))
    const { env, limits } = this.#core.options
    this.#cancelClose = env.clock.schedule(limits.closeMs, () => this.terminate())
  }

  terminate(): void {
    if (this.#status === 'closed') return
    this.#socket.terminate()
    this.closed()
  }

  closed(): void {
    if (this.#status === 'closed') return
    this.#status = 'closed'
    this.#cancelClose()
    this.#socket.closed()
    this.#release()
    this.#core.connections.delete(this)
  }

  #release(): void {
    this.#outlet.close()
    this.#auth.end()
    this.#heart.stop()
    this.timers.end()
    this.#subscriptions.end()
    this.#session?.end()
  }

  #early(envelope: Envelope): void {
    if (envelope.type === 'auth') return this.#auth.token(envelope.data)
    // One frame, so that a stranger cannot fill the memory.
    if (envelope.type === 'sw.hello') this.#heldHello ??= envelope
  }

  #opened(): void {
    this.#status = 'open'
    const hello = this.#heldHello
    this.#heldHello = undefined
    if (hello) this.#dispatch(hello)
  }

  #dispatch(envelope: Envelope): void {
    const { type, data, sw } = envelope
    if (type === 'auth' && sw === undefined) return this.#auth.token(data)
    if (type.startsWith('sw.')) return this.#control(type, sw)
    if (sw === undefined) return this.#loosely(type, data)
    const numbered = parseNumbered(sw)
    if (!numbered) return this.#bad('malformed', 'The key "sw" of a message is malformed.')
    this.#numbered({ kind: 'message', type, data, sw: numbered })
  }

  #control(type: string, sw: unknown): void {
    switch (type) {
      case 'sw.hello':
        return this.#with(type, sw, (hello) => this.#greet(hello))
      case 'sw.skip':
        return this.#with(type, sw, (skip) => this.#numbered({ kind: 'skip', sw: skip }))
      case 'sw.sub':
        return this.#with(type, sw, ({ subs }) => this.#subscribe(subs))
      case 'sw.unsub':
        return this.#with(type, sw, (unsub) => this.#subscriptions.unsubscribe(unsub))
      case 'sw.auth':
        return this.#with(type, sw, ({ token }) => this.#auth.renew(token))
      // What a later version says is not for this one.
    }
  }

  #with<Type extends SessionMessageType>(type: Type, sw: unknown, run: (message: SessionMessages[Type]) => void): void {
    if (type !== 'sw.hello' && this.#hello === 'none') return this.#bad('no_session', 'Say sw.hello first.')
    const message = parseSession(type, sw)
    if (message) run(message)
    else this.#bad('malformed', `The ${type} message is malformed.`)
  }

  #numbered(entry: Parameters<OpenSession<U>['push']>[0]): void {
    if (!this.#session) return this.#bad('no_session', 'A numbered message needs a session.')
    if (this.#session.waiting >= MOST_WAITING) return this.#flood()
    this.#session.push(entry)
  }

  #subscribe(subs: SessionMessages['sw.sub']['subs']): void {
    // Each is an answer at least: a frame of many counts for more than one message, and all that a client may have for this many.
    const cost = (ALL_TOPICS_COST * subs.length) / this.#core.options.limits.topicsPerClient
    if (!this.#throttle.charge(cost)) return this.#flood()
    for (const sub of subs) void this.#subscriptions.subscribe(sub)
  }

  #greet(hello: Hello): void {
    if (hello.v !== SESSION_VERSION) return this.#bad('version', `Version ${SESSION_VERSION} is spoken here.`)
    if (this.#hello === 'said') return this.#bad('hello_twice', 'There is a session already.')
    this.#hello = 'said'
    this.#joinUpTo(hello.join)
    const opened = (session: OpenSession<U>): void => void (this.#session = session)
    openSession(this.#core, this, { hello, opened }).catch((error: unknown) => {
      this.#core.problem('backplane', error)
      this.#leave(1013, 'unavailable')
    })
  }

  /** @param longest The client takes frames of several messages up to so many characters; undefined: it takes none. */
  #joinUpTo(longest: number | undefined): void {
    const { joinFrames, limits } = this.#core.options
    if (!joinFrames || longest === undefined) return
    this.#socket.begin(join, Math.min(longest, LONGEST_JOINED, limits.queueBytes / JOINED_SHARE))
  }

  #loosely(type: string, data: unknown): void {
    const { user, client } = this
    if (!this.#loose.handle(data, { user, client, type })) this.#flood()
  }

  #sendBeat(): void {
    if (!this.open) return
    this.#beat.sent()
    this.sendVolatile(BEAT_FRAME)
  }

  #answerBeat(): void {
    if (this.#beat.came()) this.sendVolatile(BEAT_FRAME)
  }

  #dead(): void {
    this.#core.counters.deadLinks++
    this.terminate()
  }

  #bad(code: string, message: string): void {
    const { counters, options } = this.#core
    counters.badFrames++
    const now = options.env.clock.monotonic()
    if (now - this.#badFrames.since > BAD_FRAMES_MS) this.#badFrames = { count: 0, since: now }
    if (this.#hello === 'said') this.send(sessionFrame('sw.error', { code, message }))
    if (++this.#badFrames.count > MOST_BAD_FRAMES) this.close(4400, 'bad frames')
  }

  #flood(): void {
    this.#core.counters.floodClosed++
    this.#leave(4029, 'too fast')
  }

  #slow(): void {
    this.#core.counters.slowClosed++
    this.close(4008, 'slow')
  }

  #leave(code: number, why: string): void {
    this.bye({ retryMs: 1_000, spreadMs: 2_000, why })
    this.close(code, why)
  }

  #counted(bytes: number): void {
    this.#core.counters.messagesOut++
    this.#core.counters.bytesOut += bytes
  }
}
