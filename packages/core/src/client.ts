import { markRaw } from './binding/rules/raw.ts'
import type { Binding, Sink } from './binding/sink.ts'
import type { Wire, WireEntry } from './binding/wire.ts'
import type { FlushStats } from './binding/binder.ts'
import type { TrafficStats } from './connection/traffic.ts'
import type { Health } from './connection/quality.ts'
import type { Quality } from './connection/quality.ts'
import type { ConnectionState } from './connection/state.ts'
import type { Unsubscribe } from './lib/emitter.ts'
import type { StatewireError } from './lib/errors.ts'
import type { ClientOptions, MessageOptions, RequestOptions } from './options.ts'
import type { Held } from './outbox/watermark.ts'
import type { AnyProtocolTypes, Protocol, ProtocolTypes, TypesOf, Undeclared } from './protocol/define-protocol.ts'
import type { Envelope } from './protocol/envelope.ts'
import { resolveOptions } from './resolve-options.ts'
import type { Channel } from './session/channel.ts'
import type { SnapshotSource } from './session/snapshot.ts'
import { StatewireClient } from './statewire-client.ts'
import type { Frame } from './transport/transport.ts'

export interface ClientEvents {
  /** The connection state changed; the payload is the new one. */
  state: ConnectionState
  /** A message arrived (decoded, checked, and not part of auth or heartbeat). */
  message: Envelope
  /** Something went wrong and was handled: a bad frame, a failing callback, a schema misfit. Never contains a token. */
  problem: StatewireError
  /** The connection became better or worse, or is open no more; judged every second while somebody listens. */
  quality: Health
  /** Three quarters of what the outbox may hold are taken: a good moment to send less. Told once until `drain`. */
  highWater: Held
  /** After `highWater`: no more than a quarter is left. */
  drain: Held
  /** Live state is void: sign-out, or another user signed in. Adapters put wired state back to its initial value. */
  reset: { readonly reason: 'signOut' | 'userChanged' }
}

/** Figures of a client. Plain values: what is held of them does not change. */
export interface ClientStats extends TrafficStats, FlushStats {
  /** Frames that could not be read. */
  readonly badFrames: number
}

/** A live connection and all that hangs on it. Made by `createClient`. */
export interface Client<Types extends ProtocolTypes = AnyProtocolTypes> {
  readonly name: string
  readonly state: ConnectionState
  /** How far live data can be trusted to be live, judged at this moment; undefined unless open. */
  readonly quality: Quality | undefined
  /** How long the last answer to a ping took, in milliseconds; undefined unless open and pinging. */
  readonly latencyMs: number | undefined
  /** What has arrived and what landing it has cost, since the client was made. Costs nothing until it is asked for. */
  stats(): ClientStats
  /** Which binary kind arrives from now on, on this link and the coming ones. */
  binaryType: 'arraybuffer' | 'blob'
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
   * With option `session`, and a server that keeps sessions, it resolves when the server has taken the message: once, in
   * order, through lost links.
   *
   * @throws {StatewireError} (as rejection) `ENCODE`, `SCHEMA`, `OUTBOX_FULL`, `OUTBOX_DROPPED`, `EXPIRED`, `CLOSED`,
   * `UNSUPPORTED`, `NOT_SENT`; over a session also `REFUSED`, `TOO_LARGE`, `LOST`; or the signal's reason.
   */
  send<Type extends keyof Types['send'] & string>(
    type: Type,
    data: Types['send'][Type],
    options?: MessageOptions,
  ): Promise<void>
  send<Type extends DatalessOf<Types['send']>>(type: Type, data?: undefined, options?: MessageOptions): Promise<void>
  /**
   * Returns the channel of a topic: the same object for everybody who asks. Needs option `session`.
   *
   * @throws {StatewireError} `UNSUPPORTED` without option `session`, `INVALID_OPTION` for what is no topic.
   */
  channel(topic: string): Channel
  /** Sends a frame as it is, under the same rules as `send`. */
  sendRaw(frame: Frame): Promise<void>
  /**
   * Sends a message and waits for its reply, as option `requests` pairs them. A reply goes to its request and nowhere else.
   * A request that is aborted or times out before it was sent is not sent.
   *
   * @throws {StatewireError} (as rejection) `TIMEOUT`, `LOST` when the link ended before the reply, `UNSUPPORTED` without
   * option `requests.match`, and what `send` rejects with; or the signal's reason.
   */
  request<Type extends keyof Types['requests'] & string>(
    type: Type,
    params: ParamsOf<Types['requests'][Type]>,
    options?: RequestOptions,
  ): Promise<ResultOf<Types['requests'][Type]>>
  /**
   * Lets messages land in a store: all of the types in `wire`, or with `channel` those of one topic. For adapters; applications
   * use `wire` of theirs.
   *
   * @throws {StatewireError} `INVALID_OPTION` for a wrong wire; with `channel` as `client.channel`.
   */
  bind<State>(
    sink: Sink<State>,
    wire: Wire<NoInfer<State>, Types['receive']>,
    options?: BindOptions<NoInfer<State>>,
  ): Binding
  /** Reports a failure of the application's code on `problem`. For adapters. */
  report(error: StatewireError): void
}

export interface BindOptions<State = Undeclared> {
  /** Takes only the messages of this topic, and keeps it subscribed until the binding is stopped. @default every message, whatever topic it came on */
  readonly channel?: string | undefined
  /** Loads the topic's value before its first message, and again after each resync. Made by `snapshot`; needs `channel`. */
  readonly snapshot?: SnapshotSource<WireEntry<State, Undeclared>> | undefined
}

/** The types whose data may be undefined, and may then be left out. */
type DatalessOf<Send> = { [Type in keyof Send & string]: undefined extends Send[Type] ? Type : never }[keyof Send &
  string]
type ParamsOf<Request> = Request extends { readonly params: infer Params } ? Params : never
type ResultOf<Request> = Request extends { readonly result: infer Result } ? Result : never

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
  // Raw: through a reactive proxy of Vue, private fields cannot be reached.
  return markRaw(new StatewireClient(resolveOptions(options)) as AnyClient)
}
