import type { BindOptions, Client, ClientEvents, ClientStats } from './client.ts'
import { Binder } from './binding/binder.ts'
import type { Binding, Sink } from './binding/sink.ts'
import type { Wire } from './binding/wire.ts'
import { Connection, type ConnectionHost } from './connection/connection.ts'
import { mayHold } from './connection/may-hold.ts'
import type { Quality } from './connection/quality.ts'
import type { ConnectionState } from './connection/state.ts'
import { Emitter, type Unsubscribe } from './lib/emitter.ts'
import { invalidOption } from './lib/assert.ts'
import { StatewireError } from './lib/errors.ts'
import { handled, rejected, settling, type Settling } from './lib/promises.ts'
import type { MessageOptions, RequestOptions } from './options.ts'
import { Outbox, sendError, type SendOptions } from './outbox/outbox.ts'
import { Watermark } from './outbox/watermark.ts'
import type { Checked, ProtocolCheck } from './protocol/check.ts'
import type { AnyProtocolTypes, Undeclared } from './protocol/define-protocol.ts'
import type { Envelope } from './protocol/envelope.ts'
import { Requests, type AskOptions } from './requests/requests.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import type { Channel } from './session/channel.ts'
import type { ClientOutbox, ClientSession } from './session/port.ts'
import { frameSize } from './transport/frame-size.ts'
import type { Frame } from './transport/transport.ts'

const DRAIN_AGAIN_MS = 50
const QUALITY_EVERY_MS = 1_000
const RAW = 'raw frame'
const EVERYTHING_ELSE = '*'

type Sending = SendOptions & MessageOptions
type Told = { [Name in keyof ClientEvents]: readonly [name: Name, payload: ClientEvents[Name]] }[keyof ClientEvents]

/**
 * The client behind the interface: joins connection, outbox, requests and binder. What `Client` does not have is called by the
 * connection and the session only.
 */
export class StatewireClient implements Client, ConnectionHost {
  readonly name: string
  readonly #options: ResolvedOptions
  readonly #connection: Connection
  /** Made for the first message that has to wait. */
  #outbox: ClientOutbox | undefined
  readonly #session: ClientSession | undefined
  readonly #binder: Binder
  readonly #check: ProtocolCheck | undefined
  #requests: Requests | undefined
  readonly #events = new Emitter<ClientEvents>((cause, name) => {
    // A failing problem listener has nobody left to tell.
    if (name !== 'problem') this.#callbackFailed(`a listener of "${name}"`, cause)
  })
  /** By message type; made for the first listener. */
  #router: Emitter<Record<string, unknown>> | undefined
  #opening: Settling | undefined
  #userId: string | number | undefined
  #cancelDrain: (() => void) | undefined
  /** What the application is to hear once the connection is at rest: calling back from within a step would meet a half-done one. */
  #untold: Told[] = []
  #telling = false
  /** As it was told last. */
  #quality: Quality | undefined
  #cancelSample: (() => void) | undefined
  /** Raised by each reset: a message of the user before is not shown to the one after. */
  #era = 0

  constructor(options: ResolvedOptions) {
    const { env, flush, flushBudgetMs, name, protocol, session } = options
    this.name = name
    this.#options = options
    this.#check = protocol?.check()
    this.#binder = new Binder({
      flush,
      budgetMs: flushBudgetMs,
      hidden: () => env.signals.hidden,
      clock: env.clock,
      frames: env.frames,
      report: (error) => this.report(error),
      mayHold: (type) => mayHold(options.heartbeat, type),
      read: (frame, type) => this.#reread(frame, type),
    })
    this.#connection = new Connection(options, this)
    this.#session = session?.({
      options,
      connection: this.#connection,
      binder: this.#binder,
      watermark: this.#watermark(),
      client: this,
    })
    this.#outbox = this.#session?.outbox
  }

  get session(): ClientSession | undefined {
    return this.#session
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  get quality(): Quality | undefined {
    return this.#connection.watch?.quality
  }

  get latencyMs(): number | undefined {
    return this.#connection.watch?.latencyMs
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
    if (isDisposed(state)) return rejected(closedError(state))
    const opening = (this.#opening ??= settling())
    this.#connection.dispatch({ type: 'connect' })
    return opening.promise
  }

  disconnect(): Promise<void> {
    return new Promise((resolve) => this.#connection.disconnect(resolve))
  }

  retryNow(): void {
    this.#connection.dispatch({ type: 'retryNow' })
  }

  signIn(userId: string | number): void {
    const before = this.#userId
    this.#userId = userId
    if (before !== undefined && before !== userId) this.#reset('userChanged')
    this.#session?.signIn(userId)
  }

  signOut(): void {
    const unused = this.#userId === undefined && this.state.status === 'idle' && !this.#outbox?.size
    this.#userId = undefined
    if (!unused) this.#reset('signOut')
  }

  dispose(): void {
    this.#connection.dispose()
    // From within a listener the outer loop would tell it too late.
    this.#tellAll({ nested: true })
    this.#cancelSample?.()
    this.#requests?.discard('disposed')
    this.#outbox?.discard('disposed')
    this.#session?.dispose()
    this.#binder.dispose()
    this.#router?.clear()
    this.#events.clear()
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => unknown): Unsubscribe {
    const stop = this.#events.on(name, listener)
    if (name === 'quality') this.#sampleQuality()
    return stop
  }

  onMessage(type: string, listener: (data: Undeclared, message: Envelope) => unknown): Unsubscribe {
    this.#router ??= new Emitter((cause, type) => this.#callbackFailed(`a listener of message "${type}"`, cause))
    return this.#router.on(type, listener)
  }

  send(type: string, data?: unknown, options?: MessageOptions): Promise<void> {
    return this.#send(type, data, options)
  }

  channel(topic: string): Channel {
    return this.#neededSession().channel(topic)
  }

  request(type: string, params: unknown, options: RequestOptions = {}): Promise<Undeclared> {
    return handled(this.#request(type, params, options))
  }

  async #request(type: string, params: unknown, options: RequestOptions): Promise<unknown> {
    const check = this.#check
    if (check) valueOf(check.asked(type, params))
    const result = await (this.#session?.ask(type, params, options) ?? this.askPlainly(type, params, options))
    return check ? valueOf(check.answered(type, result)) : result
  }

  /** Asks as option `requests` says. */
  askPlainly(type: string, params: unknown, options: AskOptions): Promise<unknown> {
    const { env, requests } = this.#options
    this.#requests ??= new Requests({
      requests,
      clock: env.clock,
      send: ({ type, data }, options) => this.#send(type, data, options),
      report: (error) => this.report(error),
    })
    return this.#requests.ask(type, params, options)
  }

  #send(type: string, data: unknown, options?: Sending): Promise<void> {
    if (typeof type !== 'string' || type === '') {
      return rejected(invalidOption('send(type)', 'a string that is not empty', type))
    }
    const misfit = this.#session?.misfit(type)
    if (misfit) return rejected(misfit)
    const checked = this.#check?.sent(type, data)
    if (checked && !checked.ok) return rejected(checked.error)
    try {
      return this.#hand(type, this.#options.codec.encode({ type, data }), options)
    } catch (cause) {
      return rejected(new StatewireError('ENCODE', { messageType: type }, { cause }))
    }
  }

  sendRaw(frame: Frame): Promise<void> {
    const misfit = this.#session?.rawMisfit(frame)
    return misfit ? rejected(misfit) : this.#hand(RAW, frame)
  }

  bind<State>(
    sink: Sink<State>,
    wire: Wire<State, AnyProtocolTypes['receive']>,
    options: BindOptions<State> = {},
  ): Binding {
    const { channel, snapshot } = options
    if (channel === undefined || isDisposed(this.state)) return this.#binder.bind(sink, wire)
    return this.#neededSession().bind(sink, wire, { channel, snapshot })
  }

  report(error: StatewireError): void {
    this.#tell(['problem', error])
  }

  #neededSession(): ClientSession {
    if (this.#session) return this.#session
    const instead = "Pass option session: session(), imported from '@statewire/core/session'."
    throw new StatewireError('UNSUPPORTED', { what: 'channel()', instead })
  }

  #tell(what: Told): void {
    this.#untold.push(what)
    if (!this.#connection.busy) this.#tellAll()
  }

  /** The connection is at rest. */
  rested(): void {
    this.#tellAll()
  }

  #tellAll({ nested = false } = {}): void {
    const outer = this.#telling
    if (outer && !nested) return
    this.#telling = true
    for (let what = this.#untold.shift(); what; what = this.#untold.shift()) {
      this.#events.emit(what[0], what[1] as never)
    }
    // An array that has grown keeps room for sixteen more.
    if (this.#untold.length === 0) this.#untold = []
    this.#telling = outer
  }

  #callbackFailed(where: string, cause: unknown): void {
    this.report(new StatewireError('CALLBACK', { where }, { cause }))
  }

  #hand(messageType: string, frame: Frame, options: Sending = {}): Promise<void> {
    const { state } = this
    if (state.status === 'closed') return rejected(closedError(state))
    if (options.signal?.aborted) return rejected(options.signal.reason)
    try {
      if (options.volatile) return this.#sendVolatile(messageType, frame)
      if (!this.#session && !this.#outbox?.size && this.#trySend(frame)) {
        options.onSent?.()
        return Promise.resolve()
      }
    } catch (cause) {
      return rejected(sendError(messageType, cause))
    }
    const { env, outbox } = this.#options
    this.#outbox ??= new Outbox({ limits: outbox, clock: env.clock, watermark: this.#watermark() })
    const promise = this.#outbox.add(messageType, frame, options)
    if (this.#session && state.status === 'open') this.#drainNow()
    else this.#drainLater()
    return promise
  }

  #watermark(): Watermark {
    return new Watermark(this.#options.outbox, (event, held) => this.#tell([event, held]))
  }

  #sendVolatile(messageType: string, frame: Frame): Promise<void> {
    return this.#trySend(frame) ? Promise.resolve() : rejected(new StatewireError('NOT_SENT', { messageType }))
  }

  /** False when the link is not open, or has enough to do: what lies in its buffer is lost with it. */
  #trySend(frame: Frame): boolean {
    return this.#connection.hasRoom && this.#connection.send(frame)
  }

  #drain(): void {
    this.#cancelDrain = undefined
    this.#outbox?.drain((frame) => this.#trySend(frame))
    this.#drainLater()
  }

  #drainNow(): void {
    this.#cancelDrain?.()
    this.#drain()
  }

  /** Keeps trying while there is something to send; a timer that is set stays, so that frequent senders cannot put it off. */
  #drainLater(): void {
    if (this.#outbox?.ready && this.state.status === 'open') {
      this.#cancelDrain ??= this.#options.env.clock.schedule(DRAIN_AGAIN_MS, () => this.#drain())
    } else {
      this.#cancelDrain?.()
      this.#cancelDrain = undefined
    }
  }

  served({ resumed }: { readonly resumed: boolean }): void {
    try {
      if (!resumed) for (const frame of this.#options.onOpen()) this.#connection.send(frame)
    } catch (cause) {
      this.#callbackFailed('onOpen', cause)
    }
    this.#drainNow()
  }

  stateChanged(state: ConnectionState): void {
    const opening = this.#opening
    if (state.status === 'open' || state.status === 'failed' || state.status === 'closed') this.#opening = undefined
    if (state.status === 'open') {
      opening?.resolve()
    } else {
      this.#drainLater()
      // A frozen page keeps its link, and with it the replies to come.
      if (state.status !== 'suspended' || !state.kept) this.#requests?.lost()
    }
    if (state.status === 'failed') {
      opening?.reject(this.#connection.failure ?? new StatewireError('FAILED', { reason: state.reason }))
    }
    if (state.status === 'closed') opening?.reject(closedError(state))
    this.#tell(['state', state])
    this.#sampleQuality()
  }

  /** Looks how the connection is doing, and goes on looking every second while it is open and somebody wants to know. */
  #sampleQuality(): void {
    const { quality, latencyMs } = this
    const { clock } = this.#options.env
    const goesOn = quality !== undefined && this.#events.has('quality')
    this.#cancelSample?.()
    this.#cancelSample = goesOn ? clock.schedule(QUALITY_EVERY_MS, () => this.#sampleQuality()) : undefined
    if (quality === this.#quality) return
    this.#quality = quality
    this.#tell(['quality', { quality, latencyMs }])
  }

  abandoned(code: number | undefined): void {
    this.#binder.settle()
    this.#session?.lost(code)
  }

  /** Holds a frame back undecoded, if nobody would see the message but rules that keep the newest. */
  hold(frame: string, size: number): boolean {
    const { codec, conflate } = this.#options
    // Over a session every frame counts: each moves the cursor of its topic.
    if (!conflate || this.#session || !this.#binder.mayHold) return false
    if (this.#requests?.waiting || this.#events.has('message')) return false
    const type = codec.peek?.(frame)
    if (
      type === undefined ||
      this.#router?.has(type) ||
      this.#router?.has(EVERYTHING_ELSE) ||
      this.#check?.receives(type)
    )
      return false
    return this.#binder.hold(type, frame, size)
  }

  #reread(frame: string, type: string): Envelope | undefined {
    const envelope = this.#connection.reread(frame)
    if (!envelope || envelope.type === type) return envelope
    // It names its type twice, and JSON takes the last one.
    this.received(envelope, frame)
    return undefined
  }

  received(envelope: Envelope, frame: Frame): void {
    if (!this.#session?.take(envelope, frame)) this.show(envelope, frame)
  }

  /** Shows a message, of a topic or the client's own, to rules and listeners. */
  show(envelope: Envelope, frame: Frame, topic?: string): void {
    if (this.#requests?.answer(envelope)) return
    const message = this.checked(envelope)
    if (!message) return
    const era = this.#era
    this.#binder.deliver(message, heldBytes(frame))
    if (topic !== undefined && era === this.#era) this.#binder.feed(topic, message, heldBytes(frame))
    const { type, data } = message
    const router = era === this.#era ? this.#router : undefined
    if (!router?.emit(type, data, message)) router?.emit(EVERYTHING_ELSE, data, message)
    if (era === this.#era) this.#events.emit('message', message)
  }

  /** The message as the protocol wants it; undefined when it does not. */
  checked(envelope: Envelope): Envelope | undefined {
    const { type, data } = envelope
    const check = this.#check
    if (!check?.receives(type)) return envelope
    const checked = check.received(type, data)
    if (checked.ok) return checked.value === data ? envelope : { type, data: checked.value }
    this.report(checked.error)
    return undefined
  }

  #reset(reason: 'signOut' | 'userChanged'): void {
    this.#era++
    const why = reason === 'signOut' ? 'signed out' : 'another user signed in'
    void this.disconnect()
    this.#requests?.discard(why)
    this.#outbox?.discard(why)
    this.#session?.reset(why)
    this.#binder.reset()
    this.#events.emit('reset', { reason })
  }
}

function isDisposed(state: ConnectionState): state is ConnectionState & { readonly status: 'closed' } {
  return state.status === 'closed' && state.reason === 'disposed'
}

function closedError({ reason }: { readonly reason: string }): StatewireError {
  return new StatewireError('CLOSED', { reason })
}

function valueOf(checked: Checked): unknown {
  if (checked.ok) return checked.value
  throw checked.error
}

/** What a frame's message roughly holds in memory: strings take two bytes a character. */
function heldBytes(frame: Frame): number {
  return typeof frame === 'string' ? frame.length * 2 : frameSize(frame)
}
