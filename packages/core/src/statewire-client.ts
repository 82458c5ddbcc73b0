import { bindChannel } from './bind-channel.ts'
import type { BindOptions, Client, ClientEvents, ClientStats } from './client.ts'
import { Binder } from './binding/binder.ts'
import type { Binding, Sink } from './binding/sink.ts'
import type { Wire } from './binding/wire.ts'
import { Connection } from './connection/connection.ts'
import { createMayHold } from './connection/may-hold.ts'
import type { Quality } from './connection/quality.ts'
import { QualitySampler } from './connection/quality-sampler.ts'
import type { ConnectionState } from './connection/state.ts'
import { Emitter, type Unsubscribe } from './lib/emitter.ts'
import { invalidOption } from './lib/assert.ts'
import { StatewireError } from './lib/errors.ts'
import { MessageRouter } from './message-router.ts'
import type { MessageOptions, RequestOptions } from './options.ts'
import { handled, Outbox, rejected, sendError, type SendOptions } from './outbox/outbox.ts'
import { Watermark } from './outbox/watermark.ts'
import type { Codec } from './protocol/codec.ts'
import { createProtocolCheck, type ProtocolCheck } from './protocol/check.ts'
import type { AnyProtocolTypes, Undeclared } from './protocol/define-protocol.ts'
import type { Envelope } from './protocol/envelope.ts'
import { Requests } from './requests/requests.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import type { Channel } from './session/channel.ts'
import type { ClientOutbox, ClientSession } from './session/port.ts'
import { frameSize } from './transport/frame-size.ts'
import type { Frame } from './transport/transport.ts'

const HIGH_WATER_BYTES = 1_048_576
const DRAIN_AGAIN_MS = 50
const RAW = 'raw frame'

type Sending = SendOptions & MessageOptions

interface Opening {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: StatewireError) => void
}

/** The client behind the interface: joins connection, outbox, requests and binder. */
export class StatewireClient implements Client {
  readonly name: string
  readonly #options: ResolvedOptions
  readonly #connection: Connection
  readonly #outbox: ClientOutbox
  readonly #session: ClientSession | undefined
  readonly #binder: Binder
  readonly #peek: Codec['peek']
  readonly #mayHold: (messageType: string) => boolean
  readonly #check: ProtocolCheck
  readonly #requests: Requests
  readonly #sampler: QualitySampler
  readonly #events = new Emitter<ClientEvents>((cause, name) => {
    // A failing problem listener has nobody left to tell.
    if (name !== 'problem') this.#callbackFailed(`a listener of "${name}"`, cause)
  })
  readonly #router = new MessageRouter((cause, type) => this.#callbackFailed(`a listener of message "${type}"`, cause))
  #opening: Opening | undefined
  #userId: string | number | undefined
  #cancelDrain: (() => void) | undefined
  /** What the application is to hear once the connection is at rest: calling back from within a step would meet a half-done one. */
  #untold: (() => void)[] = []
  #telling = false
  /** Raised by each reset: a message of the user before is not shown to the one after. */
  #era = 0

  constructor(options: ResolvedOptions) {
    const { codec, conflate, env, flush, flushBudgetMs, name, outbox, protocol, requests } = options
    this.name = name
    this.#options = options
    this.#check = createProtocolCheck(protocol)
    // Over a session every frame counts: each moves the cursor of its topic.
    this.#peek = conflate && !options.session && codec.peek ? (frame) => codec.peek?.(frame) : undefined
    this.#mayHold = createMayHold(options)
    this.#binder = new Binder({
      flush,
      budgetMs: flushBudgetMs,
      hidden: () => env.signals.hidden,
      clock: env.clock,
      frames: env.frames,
      report: (error) => this.report(error),
      read: (frame, type) => this.#reread(frame, type),
    })
    const watermark = new Watermark(outbox, (event, held) => this.#tell(() => this.#events.emit(event, held)))
    this.#session = options.session?.({
      clock: env.clock,
      random: env.random,
      codec,
      maxFrameBytes: options.maxFrameBytes,
      name,
      url: options.url,
      limits: outbox,
      watermark,
      link: {
        send: (frame) => this.#connection.bufferedBytes < HIGH_WATER_BYTES && this.#connection.sendControl(frame),
        tell: (frame) => void this.#connection.sendControl(frame),
        recovered: () => this.#connection.recovered(),
        check: () => this.#connection.check(),
        renew: () => this.#connection.renew(),
        end: (verdict) => this.#connection.end(verdict),
      },
      closed: () => (this.state.status === 'closed' ? closedError(this.state.reason) : undefined),
      deliver: (message, frame, topic) => this.#show(message, frame, topic),
      token: options.auth?.token,
      report: (error) => this.report(error),
    })
    this.#outbox = this.#session?.outbox ?? new Outbox({ limits: outbox, clock: env.clock, watermark })
    this.#connection = new Connection(options, {
      onState: (state) => this.#onState(state),
      onMessage: (envelope, frame) => this.#onMessage(envelope, frame),
      onText: (frame) => this.#hold(frame),
      onAbandon: (code) => {
        this.#binder.settle()
        this.#session?.lost(code)
      },
      session: this.#session,
      onServe: (link) => this.#onServe(link),
      onRest: () => this.#tellAll(),
      report: (error) => this.report(error),
    })
    this.#requests = new Requests({
      requests,
      clock: env.clock,
      send: ({ type, data }, options) => this.#send(type, data, options),
      report: (error) => this.report(error),
    })
    this.#sampler = new QualitySampler({
      clock: env.clock,
      read: () => ({ quality: this.quality, latencyMs: this.latencyMs }),
      wanted: () => this.#events.has('quality'),
      onChange: (health) => this.#tell(() => this.#events.emit('quality', health)),
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  get quality(): Quality | undefined {
    return this.#connection.quality
  }

  get latencyMs(): number | undefined {
    return this.#connection.latencyMs
  }

  stats(): ClientStats {
    return { ...this.#connection.stats, ...this.#binder.stats }
  }

  get binaryType(): 'arraybuffer' | 'blob' {
    return this.#connection.binaryType
  }

  set binaryType(kind) {
    this.#connection.binaryType = kind
  }

  connect(): Promise<void> {
    const { state } = this
    if (state.status === 'open') return Promise.resolve()
    if (state.status === 'closed' && state.reason === 'disposed') return rejected(closedError('disposed'))
    const opening = (this.#opening ??= createOpening())
    this.#connection.connect()
    return opening.promise
  }

  disconnect(): Promise<void> {
    return new Promise((resolve) => this.#connection.disconnect(resolve))
  }

  retryNow(): void {
    this.#connection.retryNow()
  }

  signIn(userId: string | number): void {
    const before = this.#userId
    this.#userId = userId
    if (before !== undefined && before !== userId) this.#reset('userChanged')
    this.#session?.signIn(userId)
  }

  signOut(): void {
    const unused = this.#userId === undefined && this.state.status === 'idle' && this.#outbox.size === 0
    this.#userId = undefined
    if (!unused) this.#reset('signOut')
  }

  dispose(): void {
    this.#connection.dispose()
    // From within a listener the outer loop would tell it too late.
    this.#tellAll({ nested: true })
    this.#sampler.dispose()
    this.#requests.discard('disposed')
    this.#outbox.discard('disposed')
    this.#session?.dispose()
    this.#binder.dispose()
    this.#router.clear()
    this.#events.clear()
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => unknown): Unsubscribe {
    const stop = this.#events.on(name, listener)
    if (name === 'quality') this.#sampler.sample()
    return stop
  }

  onMessage(type: string, listener: (data: Undeclared, message: Envelope) => unknown): Unsubscribe {
    return this.#router.add(type, listener)
  }

  send(type: string, data?: unknown, options?: MessageOptions): Promise<void> {
    return this.#send(type, data, options)
  }

  channel(topic: string): Channel {
    if (this.#session) return this.#session.channel(topic)
    const instead = "Pass option session: session(), imported from '@statewire/core/session'."
    throw new StatewireError('UNSUPPORTED', { what: 'channel()', instead })
  }

  request(type: string, params: unknown, options: RequestOptions = {}): Promise<Undeclared> {
    return handled(this.#request(type, params, options))
  }

  async #request(type: string, params: unknown, options: RequestOptions): Promise<unknown> {
    const asked = this.#check.asked(type, params)
    if (!asked.ok) throw asked.error
    const answered = this.#check.answered(type, await this.#ask(type, params, options))
    if (!answered.ok) throw answered.error
    return answered.value
  }

  /** Over a session where there is one, or may be; else as option `requests` says. */
  #ask(type: string, params: unknown, { timeoutMs, signal }: RequestOptions): Promise<unknown> {
    const { codec, requests } = this.#options
    if (!this.#session || this.#session.mode === 'plain') return this.#requests.ask(type, params, { timeoutMs, signal })
    if (this.state.status === 'closed') return Promise.reject(closedError(this.state.reason))
    let frame: Frame
    try {
      frame = codec.encode({ type, data: params })
    } catch (cause) {
      return rejected(new StatewireError('ENCODE', { messageType: type }, { cause }))
    }
    const asked = this.#session.request(type, frame, { timeoutMs: timeoutMs ?? requests.timeoutMs, signal })
    if (!requests.match) return asked
    return asked.catch((reason: unknown) => {
      // Never sent, as the server keeps no sessions: it goes the application's own way.
      if (StatewireError.is(reason, 'UNSUPPORTED')) return this.#requests.ask(type, params, { timeoutMs, signal })
      throw reason
    })
  }

  #send(type: string, data: unknown, options?: Sending): Promise<void> {
    if (typeof type !== 'string' || type === '') {
      const expected = 'a message type (a string that is not empty)'
      return rejected(new StatewireError('INVALID_OPTION', { option: 'send(type)', expected, received: type }))
    }
    const misfit = this.#session?.misfit(type)
    if (misfit) return rejected(misfit)
    const checked = this.#check.sent(type, data)
    if (!checked.ok) return rejected(checked.error)
    try {
      return this.#hand(type, this.#options.codec.encode({ type, data: checked.value }), options)
    } catch (cause) {
      return rejected(new StatewireError('ENCODE', { messageType: type }, { cause }))
    }
  }

  sendRaw(frame: Frame): Promise<void> {
    // A server of sessions would never take it, nor anything that was sent after it.
    if (this.#session?.mode === 'session' && !this.#options.codec.decode(frame)) {
      return rejected(invalidOption('sendRaw(frame)', 'a message, over a session', typeof frame))
    }
    return this.#hand(RAW, frame)
  }

  bind<State>(
    sink: Sink<State>,
    wire: Wire<State, AnyProtocolTypes['receive']>,
    options: BindOptions<State> = {},
  ): Binding {
    const { channel: topic, snapshot } = options
    const { state } = this
    const isEnded = state.status === 'closed' && state.reason === 'disposed'
    if (topic === undefined || isEnded) return this.#binder.bind(sink, wire)
    const { env } = this.#options
    return bindChannel(sink, wire, {
      channel: this.channel(topic),
      snapshot,
      binder: this.#binder,
      clock: env.clock,
      checked: (message) => this.#checked(message),
      onReset: (listener) => this.#events.on('reset', listener),
      failed: (where, cause) => this.#callbackFailed(where, cause),
    })
  }

  report(error: StatewireError): void {
    this.#tell(() => this.#events.emit('problem', error))
  }

  #tell(what: () => void): void {
    this.#untold.push(what)
    if (!this.#connection.busy) this.#tellAll()
  }

  #tellAll({ nested = false } = {}): void {
    const outer = this.#telling
    if (outer && !nested) return
    this.#telling = true
    for (let what = this.#untold.shift(); what; what = this.#untold.shift()) what()
    this.#telling = outer
  }

  #callbackFailed(where: string, cause: unknown): void {
    this.report(new StatewireError('CALLBACK', { where }, { cause }))
  }

  #hand(messageType: string, frame: Frame, options: Sending = {}): Promise<void> {
    const { state } = this
    if (state.status === 'closed') return rejected(closedError(state.reason))
    if (options.signal?.aborted) return rejected(options.signal.reason)
    try {
      if (options.volatile) return this.#sendVolatile(messageType, frame)
      if (!this.#session && this.#outbox.size === 0 && this.#trySend(frame)) {
        options.onSent?.()
        return Promise.resolve()
      }
    } catch (cause) {
      return rejected(sendError(messageType, cause))
    }
    const promise = this.#outbox.add(messageType, frame, options)
    if (this.#session && state.status === 'open') this.#drainNow()
    else this.#drainLater()
    return promise
  }

  #sendVolatile(messageType: string, frame: Frame): Promise<void> {
    return this.#trySend(frame) ? Promise.resolve() : rejected(new StatewireError('NOT_SENT', { messageType }))
  }

  /** False when the link is not open, or has enough to do: what lies in its buffer is lost with it. */
  #trySend(frame: Frame): boolean {
    return this.#connection.bufferedBytes < HIGH_WATER_BYTES && this.#connection.send(frame)
  }

  #drain(): void {
    this.#cancelDrain = undefined
    this.#outbox.drain((frame) => this.#trySend(frame))
    this.#drainLater()
  }

  #drainNow(): void {
    this.#cancelDrain?.()
    this.#drain()
  }

  /** Keeps trying while there is something to send; a timer that is set stays, so that frequent senders cannot put it off. */
  #drainLater(): void {
    if (this.#outbox.ready && this.state.status === 'open') {
      this.#cancelDrain ??= this.#options.env.clock.schedule(DRAIN_AGAIN_MS, () => this.#drain())
    } else {
      this.#cancelDrain?.()
      this.#cancelDrain = undefined
    }
  }

  #onServe({ resumed }: { readonly resumed: boolean }): void {
    try {
      if (!resumed) for (const frame of this.#options.onOpen()) this.#connection.send(frame)
    } catch (cause) {
      this.#callbackFailed('onOpen', cause)
    }
    this.#drainNow()
  }

  #onState(state: ConnectionState): void {
    const opening = this.#opening
    if (state.status === 'open' || state.status === 'failed' || state.status === 'closed') this.#opening = undefined
    if (state.status === 'open') {
      opening?.resolve()
    } else {
      this.#drainLater()
      // A frozen page keeps its link, and with it the replies to come.
      if (state.status !== 'suspended' || !state.kept) this.#requests.lost()
    }
    if (state.status === 'failed') {
      opening?.reject(this.#connection.failure ?? new StatewireError('FAILED', { reason: state.reason }))
    }
    if (state.status === 'closed') opening?.reject(closedError(state.reason))
    this.#tell(() => this.#events.emit('state', state))
    this.#sampler.sample()
  }

  /** Holds a frame back undecoded, if nobody would see the message but rules that keep the newest. */
  #hold(frame: string): boolean {
    if (!this.#peek || !this.#binder.mayHold || this.#requests.waiting || this.#events.has('message')) return false
    const type = this.#peek(frame)
    if (type === undefined || this.#router.has(type) || this.#check.receives(type)) return false
    return this.#mayHold(type) && this.#binder.hold(type, frame)
  }

  #reread(frame: string, type: string): Envelope | undefined {
    const envelope = this.#connection.reread(frame)
    if (!envelope || envelope.type === type) return envelope
    // It names its type twice, and JSON takes the last one.
    this.#onMessage(envelope, frame)
    return undefined
  }

  #onMessage(envelope: Envelope, frame: Frame): void {
    if (!this.#session?.take(envelope, frame)) this.#show(envelope, frame)
  }

  #show(envelope: Envelope, frame: Frame, topic?: string): void {
    if (this.#requests.answer(envelope)) return
    const message = this.#checked(envelope)
    if (!message) return
    const era = this.#era
    this.#binder.deliver(message, heldBytes(frame))
    if (topic !== undefined && era === this.#era) this.#binder.feed(topic, message, heldBytes(frame))
    if (era === this.#era) this.#router.deliver(message)
    if (era === this.#era) this.#events.emit('message', message)
  }

  #checked(envelope: Envelope): Envelope | undefined {
    const { type, data } = envelope
    if (!this.#check.receives(type)) return envelope
    const checked = this.#check.received(type, data)
    if (checked.ok) return checked.value === data ? envelope : { type, data: checked.value }
    this.report(checked.error)
    return undefined
  }

  #reset(reason: 'signOut' | 'userChanged'): void {
    this.#era++
    const why = reason === 'signOut' ? 'signed out' : 'another user signed in'
    void this.disconnect()
    this.#requests.discard(why)
    this.#outbox.discard(why)
    this.#session?.reset(why)
    this.#binder.reset()
    this.#events.emit('reset', { reason })
  }
}

function createOpening(): Opening {
  let settle!: Omit<Opening, 'promise'>
  const promise = handled(new Promise<void>((resolve, reject) => (settle = { resolve, reject })))
  return { promise, ...settle }
}

function closedError(reason: string): StatewireError {
  return new StatewireError('CLOSED', { reason })
}

/** What a frame's message roughly holds in memory: strings take two bytes a character. */
function heldBytes(frame: Frame): number {
  return typeof frame === 'string' ? frame.length * 2 : frameSize(frame)
}
