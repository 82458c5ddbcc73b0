import type { Binding, Sink } from './binding/sink.ts'
import type { Wire } from './binding/wire.ts'
import type { ConnectionState } from './connection/state.ts'
import type { StatewireError } from './lib/errors.ts'
import type { Unsubscribe } from './lib/emitter.ts'
import type { Envelope } from './protocol/envelope.ts'
import type { AnyProtocolTypes, ProtocolTypes, Undeclared } from './protocol/define-protocol.ts'
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

export interface RequestOptions {
  /** @default 10_000 */
  timeoutMs?: number
  signal?: AbortSignal
}

/** A live connection and all that hangs on it. Made by `createClient`. */
export interface Client<Types extends ProtocolTypes = AnyProtocolTypes> {
  readonly name: string
  readonly state: ConnectionState
  /** Resolves when open; stays pending through retries. @throws {StatewireError} `FAILED` or `CLOSED` (as rejection). Idempotent. */
  connect(): Promise<void>
  /** Closes on purpose; unsent messages reject with `CLOSED`. Resolves within 2 s whatever the server does. */
  disconnect(): Promise<void>
  /** Attempts now instead of later: in `waiting` and `suspended` at once, in `failed` like `connect()`. */
  retryNow(): void
  /** Says who is using the application. Another user than before: outbox discarded, `reset`, link closed if there is one. */
  signIn(userId: string | number): void
  /** `disconnect`, outbox discarded, `reset`. */
  signOut(): void
  /** The final end: no timer, listener or socket is left, nothing is committed late. Idempotent. */
  dispose(): void
  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => unknown): Unsubscribe
  /** Calls `listener` for each message of a type; `'*'`: each message whose type has no listener of its own. */
  onMessage<Type extends keyof Types['receive'] & string>(
    type: Type,
    listener: (data: Types['receive'][Type], message: Envelope) => unknown,
  ): Unsubscribe
  onMessage(type: '*', listener: (data: unknown, message: Envelope) => unknown): Unsubscribe
  /** Sends a message, or holds it until the connection is open. Settles when handed over, or when it never will be. */
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
