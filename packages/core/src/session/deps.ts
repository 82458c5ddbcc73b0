import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import type { OutboxLimits } from '../outbox/outbox.ts'
import type { Watermark } from '../outbox/watermark.ts'
import type { CloseVerdict } from '../protocol/close-codes.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Envelope } from '../protocol/envelope.ts'
import type { Frame } from '../transport/transport.ts'
import type { SessionHost } from './port.ts'

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
  readonly splitFrames: boolean
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

/** Takes what a session needs from the client it belongs to. */
export function depsOf({ options, connection, watermark, client }: SessionHost): SessionDeps {
  const { auth, codec, env, maxFrameBytes, name, outbox, splitFrames, url } = options
  return {
    clock: env.clock,
    random: env.random,
    codec,
    maxFrameBytes,
    splitFrames,
    name,
    url,
    limits: outbox,
    watermark,
    link: {
      send: (frame) => connection.hasRoom && connection.sendControl(frame),
      tell: (frame) => void connection.sendControl(frame),
      recovered: () => connection.dispatch({ type: 'recovered' }),
      check: () => connection.watch?.doubt(),
      renew: () => connection.dispatch({ type: 'renew' }),
      end: (verdict) => connection.dispatch({ type: 'lost', reason: 'closed', verdict }),
    },
    closed: () => {
      const { state } = client
      return state.status === 'closed' ? new StatewireError('CLOSED', { reason: state.reason }) : undefined
    },
    deliver: (message, frame, topic) => client.show(message, frame, topic),
    token: auth?.token,
    report: (error) => client.report(error),
  }
}
