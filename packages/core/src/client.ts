import { Binder } from './binding/binder.ts'
import type { Binding, Sink } from './binding/sink.ts'
import type { Wire } from './binding/wire.ts'
import { Connection } from './connection/connection.ts'
import { sizeOf } from './connection/inbound.ts'
import type { ConnectionState } from './connection/state.ts'
import { Emitter, type Unsubscribe } from './lib/emitter.ts'
import { StatewireError } from './lib/errors.ts'
import { MessageRouter } from './message-router.ts'
import type { ClientOptions } from './options.ts'
import { handled, Outbox, rejected, sendError } from './outbox/outbox.ts'
import { createProtocolCheck, type ProtocolCheck } from './protocol/check.ts'
import type { AnyProtocolTypes, Protocol, ProtocolTypes, TypesOf, Undeclared } from './protocol/define-protocol.ts'
import type { Envelope } from './protocol/envelope.ts'
import { resolveOptions, type ResolvedOptions } from './resolve-options.ts'
import type { Frame } from './transport/transport.ts'

export interface ClientEvents {
  /** The connection state changed; the payload is the new one. */
  state: ConnectionState
  /** A message arrived (decoded, checked, and not part of auth or heartbeat). */
  message: Envelope
  /** Something went wrong and was handled: a bad frame, a failing callback, a schema misfit. Never contains a token. */
  problem: StatewireError
  /** Live state is void: sign-out, or another user signed in. Adapters put wired state back to its initial value. */
  reset: { readonly reason: 'signOut' | 'userChanged' }
}

/** A live connection and all that hangs on it. Made by `createClient`. */
export interface Client<Types extends ProtocolTypes = AnyProtocolTypes> {
  readonly name: string
  readonly state: ConnectionState
  /**
   * Opens the connection and keeps it open. Idempotent. Resolves when open and stays pending through retries; may be ignored.
   *
   * @throws {StatewireError} (as rejection) `FAILED` when the client gave up, `CLOSED` when it was closed meanwhile, `NO_WEBSOCKET`.
   */
  connect(): Promise<void>
  /** Closes on purpose, in any phase. Messages in the outbox stay for the next `connect()`. Resolves within 2 s whatever the server does. */
  disconnect(): Promise<void>
  /** Attempts now instead of later: in `waiting` and `suspended`; in `failed` it starts over like `connect()`. */
  retryNow(): void
  /** Says who is using the application. Another user than before: disconnected, outbox discarded, `reset`. Does not connect. */
  signIn(userId: string | number): void
  /** Disconnects, discards the outbox and emits `reset`. Nothing to do, nothing done: before any sign-in and connect. */
  signOut(): void
  /** The final end: no timer, listener or socket is left and nothing is committed late. Idempotent. */
  dispose(): void
  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => unknown): Unsubscribe
  /** Calls `listener` for each message of a type; `'*'`: each message whose type has no listener of its own. */
  onMessage<Type extends keyof Types['receive'] & string>(
    type: Type,
    listener: (data: Types['receive'][Type], message: Envelope) => unknown,
  ): Unsubscribe
  onMessage(type: '*', listener: (data: unknown, message: Envelope) => unknown): Unsubscribe
  /**
   * Sends a message, or holds it until the connection is open. Resolves when it was handed to the transport (a plain server
   * acknowledges nothing, so that is all that can be known); may be ignored.
   *
   * @throws {StatewireError} (as rejection) `ENCODE`, `SCHEMA`, `OUTBOX_FULL`, `OUTBOX_DROPPED`, `EXPIRED`, `CLOSED`, `UNSUPPORTED`.
   */
  send<Type extends keyof Types['send'] & string>(type: Type, data: Types['send'][Type]): Promise<void>
  /** Sends a frame as it is, under the same rules as `send`. */
  sendRaw(frame: Frame): Promise<void>
  /** Lets messages land in a store. For adapters; applications use `wire` of theirs. */
  bind<State>(sink: Sink<State>, wire: Wire<State, Types['receive']>): Binding
  /** Reports a failure of the application's code on `problem`. For adapters. */
  report(error: StatewireError): void
}

/** Any client, whatever its protocol. */
export type AnyClient = Client<Undeclared>

/**
 * Creates a client. Nothing happens until `connect()`.
 *
 * @throws {StatewireError} `INVALID_OPTION` when an option is wrong or unknown.
 * @example
 * const client = createClient({ url: 'wss://example.com/ws', auth: { token: () => session.token } })
 * client.onMessage('ticker', (ticker) => show(ticker))
 * await client.connect()
 */
export function createClient<P extends Protocol = Protocol<AnyProtocolTypes>>(
  options: ClientOptions<P>,
): Client<TypesOf<P>> {
  return new StatewireClient(resolveOptions(options)) as AnyClient
}

const HIGH_WATER_BYTES = 1_048_576
const DRAIN_AGAIN_MS = 50
const RAW = 'raw frame'

interface Opening {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: StatewireError) => void
}

class StatewireClient implements Client {
  readonly name: string
  readonly #options: ResolvedOptions
  readonly #connection: Connection
  readonly #outbox: Outbox
  readonly #binder: Binder
  readonly #check: ProtocolCheck
  readonly #events = new Emitter<ClientEvents>((cause, name) => {
    // A failing problem listener has nobody left to tell.
    if (name !== 'problem') this.#callbackFailed(`a listener of "${name}"`, cause)
  })
  readonly #router = new MessageRouter((cause, type) => this.#callbackFailed(`a listener of message "${type}"`, cause))
  #opening: Opening | undefined
  #userId: string | number | undefined
  #cancelDrain: (() => void) | undefined
  #noWebSocket: StatewireError | undefined

  constructor(options: ResolvedOptions) {
    const { env, flush, name, outbox, protocol } = options
    this.name = name
    this.#options = options
    this.#check = createProtocolCheck(protocol)
    this.#outbox = new Outbox({ limits: outbox, clock: env.clock })
    this.#binder = new Binder({ flush, clock: env.clock, frames: env.frames, report: (error) => this.report(error) })
    this.#connection = new Connection(options, {
      onState: (state) => this.#onState(state),
      onMessage: (envelope, frame) => this.#onMessage(envelope, frame),
      onServe: () => this.#onServe(),
      report: (error) => this.report(error),
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
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
  }

  signOut(): void {
    const unused = this.#userId === undefined && this.state.status === 'idle' && this.#outbox.size === 0
    this.#userId = undefined
    if (!unused) this.#reset('signOut')
  }

  dispose(): void {
    this.#connection.dispose()
    this.#outbox.discard('disposed')
    this.#binder.dispose()
    this.#router.clear()
    this.#events.clear()
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => unknown): Unsubscribe {
    return this.#events.on(name, listener)
  }

  onMessage(type: string, listener: (data: Undeclared, message: Envelope) => unknown): Unsubscribe {
    return this.#router.add(type, listener)
  }

  send(type: string, data: unknown): Promise<void> {
    const checked = this.#check.sent(type, data)
    if (!checked.ok) return rejected(checked.error)
    try {
      return this.#hand(type, this.#options.codec.encode({ type, data: checked.value }))
    } catch (cause) {
      return rejected(new StatewireError('ENCODE', { messageType: type }, { cause }))
    }
  }

  sendRaw(frame: Frame): Promise<void> {
    return this.#hand(RAW, frame)
  }

  bind<State>(sink: Sink<State>, wire: Wire<State, AnyProtocolTypes['receive']>): Binding {
    return this.#binder.bind(sink, wire)
  }

  report(error: StatewireError): void {
    if (error.code === 'NO_WEBSOCKET') this.#noWebSocket = error
    this.#events.emit('problem', error)
  }

  #callbackFailed(where: string, cause: unknown): void {
    this.report(new StatewireError('CALLBACK', { where }, { cause }))
  }

  #hand(messageType: string, frame: Frame): Promise<void> {
    const { state } = this
    if (state.status === 'closed') return rejected(closedError(state.reason))
    try {
      if (this.#outbox.size === 0 && this.#trySend(frame)) return Promise.resolve()
    } catch (cause) {
      return rejected(sendError(messageType, cause))
    }
    const promise = this.#outbox.add(messageType, frame)
    this.#drainLater()
    return promise
  }

  /** False when the link is not open, or has enough to do: what lies in its buffer is lost with it. */
  #trySend(frame: Frame): boolean {
    return this.#connection.bufferedBytes < HIGH_WATER_BYTES && this.#connection.send(frame)
  }

  #drain(): void {
    this.#outbox.drain((frame) => this.#trySend(frame))
    this.#drainLater()
  }

  #drainLater(): void {
    this.#cancelDrain?.()
    this.#cancelDrain = undefined
    if (this.#outbox.size === 0 || this.state.status !== 'open') return
    this.#cancelDrain = this.#options.env.clock.schedule(DRAIN_AGAIN_MS, () => this.#drain())
  }

  #onServe(): void {
    try {
      for (const frame of this.#options.onOpen()) this.#connection.send(frame)
    } catch (cause) {
      this.#callbackFailed('onOpen', cause)
    }
    this.#drain()
  }

  #onState(state: ConnectionState): void {
    const opening = this.#opening
    if (state.status === 'open' || state.status === 'failed' || state.status === 'closed') this.#opening = undefined
    if (state.status === 'open') opening?.resolve()
    else this.#drainLater()
    if (state.status === 'failed') {
      opening?.reject(this.#noWebSocket ?? new StatewireError('FAILED', { reason: state.reason }))
    }
    if (state.status === 'closed') opening?.reject(closedError(state.reason))
    this.#events.emit('state', state)
  }

  #onMessage(envelope: Envelope, frame: Frame): void {
    const checked = this.#check.received(envelope.type, envelope.data)
    if (!checked.ok) return this.report(checked.error)
    const message = checked.value === envelope.data ? envelope : { type: envelope.type, data: checked.value }
    this.#binder.deliver(message, heldBytes(frame))
    this.#router.deliver(message)
    this.#events.emit('message', message)
  }

  #reset(reason: 'signOut' | 'userChanged'): void {
    void this.disconnect()
    this.#outbox.discard(reason === 'signOut' ? 'signed out' : 'another user signed in')
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
  return typeof frame === 'string' ? frame.length * 2 : sizeOf(frame)
}
