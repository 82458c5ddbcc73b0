import type { ResolvedHeartbeat } from '../connection/policy.ts'
import type { Clock } from '../env/clock.ts'
import type { StatewireError } from '../lib/errors.ts'
import type { OutboxLimits, SendOptions } from '../outbox/outbox.ts'
import type { Watermark } from '../outbox/watermark.ts'
import type { CloseVerdict } from '../protocol/close-codes.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Envelope } from '../protocol/envelope.ts'
import type { Frame } from '../transport/transport.ts'
import type { Channel } from './channel.ts'

/** What a session can do with the link that is there now. */
export interface SessionLink {
  /** Hands a frame to the link, open or not yet; false when there is none, or it has enough to do. */
  readonly send: (frame: Frame) => boolean
  /** Hands a frame to the link however much that has to do: what the session itself has to say is short, and said once. */
  readonly tell: (frame: Frame) => void
  /** The session is there: the connection may open. */
  readonly recovered: () => void
  /** Has the link checked at once, as after a wake-up. */
  readonly check: () => void
  /** Replaces the link, which has done nothing wrong. */
  readonly renew: () => void
  /** Gives the link up. */
  readonly end: (verdict: CloseVerdict) => void
}

export interface SessionDeps {
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  readonly codec: Codec
  /** Largest frame that is read. */
  readonly maxFrameBytes: number
  readonly limits: OutboxLimits
  readonly watermark: Watermark
  readonly link: SessionLink
  /** The client's. */
  readonly name: string
  /** Where the server is. May throw or reject. */
  readonly url: () => string | Promise<string>
  /** Why nothing can be sent any more, if that is so. */
  readonly closed: () => StatewireError | undefined
  /** Shows a message, of a topic or the client's own, to rules and listeners; returns once all of them were called. */
  readonly deliver: (message: Envelope, frame: Frame, topic?: string) => void
  /** Asks the application for a token; undefined where there is no auth. */
  readonly token: ((request: { refused: boolean; signal: AbortSignal }) => string | Promise<string>) | undefined
  readonly report: (error: StatewireError) => void
}

/** What is to become of a message, besides being sent. */
export interface Posting extends SendOptions {
  /** Publish into this topic. */
  readonly topic?: string
  /** It is a request; told its number when it is sent first. */
  readonly onNumber?: (n: number) => void
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

/** One client's session with its server. Made by what `session()` returns. */
export interface ClientSession {
  readonly outbox: ClientOutbox
  /** `unknown`: no link told yet. `plain`: the server keeps no sessions. */
  readonly mode: 'unknown' | 'session' | 'plain'
  /** How the server wants the link kept alive; undefined: as the option says. */
  readonly heartbeat: ResolvedHeartbeat | undefined
  /** What the server said about coming back, before it closed. */
  readonly farewell: CloseVerdict | undefined
  /** Why no message of this type can go over a session. */
  misfit(messageType: string): StatewireError | undefined
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
  request(type: string, frame: Frame, options: { timeoutMs: number; signal: AbortSignal | undefined }): Promise<unknown>
  channel(topic: string): Channel
  /** Says who is using it; again for the same user, nothing changes. */
  signIn(userId: string | number): void
  /** Another user, or none: nothing of the one before is sent or shown any more. */
  reset(reason: string): void
  dispose(): void
}

/** Makes the session of one client. */
export type OpenSession = (deps: SessionDeps) => ClientSession
