import type { Binder } from '../binding/binder.ts'
import type { Binding, Sink } from '../binding/sink.ts'
import type { Wire } from '../binding/wire.ts'
import type { Connection } from '../connection/connection.ts'
import type { ResolvedHeartbeat } from '../connection/policy.ts'
import type { StatewireError } from '../lib/errors.ts'
import type { SendOptions } from '../outbox/outbox.ts'
import type { Watermark } from '../outbox/watermark.ts'
import type { CloseVerdict } from '../protocol/close-codes.ts'
import type { AnyProtocolTypes } from '../protocol/define-protocol.ts'
import type { Envelope } from '../protocol/envelope.ts'
import type { AskOptions } from '../requests/requests.ts'
import type { ResolvedOptions } from '../resolve-options.ts'
import type { StatewireClient } from '../statewire-client.ts'
import type { Frame } from '../transport/transport.ts'
import type { Channel } from './channel.ts'
import type { SnapshotSource } from './snapshot.ts'

/** What is to become of a message, besides being sent. */
export interface Posting extends SendOptions {
  /** Publish into this topic. */
  readonly topic?: string
  /** It is a request; told its number when it is sent first. */
  readonly onNumber?: (n: number) => void
}

/** What a session is made with: the client it belongs to, and parts of that. */
export interface SessionHost {
  readonly options: Pick<
    ResolvedOptions,
    'auth' | 'codec' | 'env' | 'maxFrameBytes' | 'name' | 'outbox' | 'requests' | 'splitFrames' | 'url'
  >
  readonly connection: Connection
  readonly binder: Pick<Binder, 'bind' | 'feed'>
  readonly watermark: Watermark
  readonly client: Pick<StatewireClient, 'askPlainly' | 'checked' | 'on' | 'report' | 'show' | 'state'>
}

/** What the client needs of its store of unsent messages. */
export interface ClientOutbox {
  readonly size: number
  /** True when something could be sent now. */
  readonly ready: boolean
  add(messageType: string, frame: Frame, posting?: Posting): Promise<void>
  drain(send: (frame: Frame) => boolean): void
  discard(reason: string): void
}

/** Which topic to bind to, and what to load first. */
export interface TopicOptions {
  readonly channel: string
  readonly snapshot: SnapshotSource | undefined
}

/** One client's session with its server. Made by what `session()` returns. */
export interface ClientSession {
  readonly outbox: ClientOutbox
  /** How the server wants the link kept alive; undefined: as the option says. */
  readonly heartbeat: ResolvedHeartbeat | undefined
  /** What the server said about coming back, before it closed. */
  readonly farewell: CloseVerdict | undefined
  /** Why no message of this type can go over a session. */
  misfit(messageType: string): StatewireError | undefined
  /** Why this frame cannot go over a session as it is. */
  rawMisfit(frame: Frame): StatewireError | undefined
  /** The auth frame was sent: says hello where the server is known to understand it. */
  greet(): void
  /** A link opened whose server accepts without a word. Returns whether it has to wait for the session. */
  opened(): boolean
  /** The link was accepted, by a message with this `sw`. Returns whether it has to wait for the session. */
  accepted(sw: unknown): boolean
  /** Takes a message in. Returns whether it was the session's. */
  take(envelope: Envelope, frame: Frame): boolean
  /** The link is gone. */
  lost(code?: number): void
  /** Asks over a session where there is one, or may be; else as option `requests` says. */
  ask(type: string, params: unknown, options: AskOptions): Promise<unknown>
  channel(topic: string): Channel
  /** Binds a sink to the messages of one topic. */
  bind<State>(sink: Sink<State>, wire: Wire<State, AnyProtocolTypes['receive']>, options: TopicOptions): Binding
  /** Says who is using it; again for the same user, nothing changes. */
  signIn(userId: string | number): void
  /** Another user, or none: nothing of the one before is sent or shown any more. */
  reset(reason: string): void
  dispose(): void
}

/** Makes the session of one client. */
export type OpenSession = (host: SessionHost) => ClientSession
