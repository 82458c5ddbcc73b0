import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { isRepeatedAcceptance, matchAccepted, matchRefused, type MessageMatch } from '../protocol/matcher.ts'
import { frameSize } from '../transport/frame-size.ts'
import type { Frame } from '../transport/transport.ts'
import type { ConnectionPolicy } from './policy.ts'

/** What a frame is for. Control messages are consumed; only `data` reaches the application. */
export type Reading =
  | { readonly meaning: 'data' | 'beat'; readonly envelope: Envelope }
  | { readonly meaning: 'accepted' | 'refused' | 'pong' | 'nothing'; readonly envelope?: undefined }

const MOST_EARLY = 100
const EXCERPT_CHARACTERS = 200
const DEFAULT_PING = 'heartCheck'
const NOTHING: Reading = { meaning: 'nothing' }

/** Reads inbound frames and tells control messages from data. */
export class Inbound {
  readonly #policy: ConnectionPolicy
  readonly #report: (error: StatewireError) => void
  readonly #beatType: string | undefined
  #badFrames = 0
  #decodeError: unknown
  /** Data that came before auth was accepted. */
  #early: { envelope: Envelope; frame: Frame }[] = []

  constructor(policy: ConnectionPolicy, report: (error: StatewireError) => void) {
    this.#policy = policy
    this.#report = report
    this.#beatType = policy.heartbeat?.mode === 'reply' ? policy.heartbeat.type : undefined
  }

  read(frame: Frame, authenticating: boolean): Reading {
    this.#decodeError = undefined
    if (frameSize(frame) > this.#policy.maxFrameBytes) return this.#bad(frame)
    const envelope = this.#decode(frame)
    try {
      const reading = this.#tell(envelope, frame, authenticating)
      if (reading.meaning !== 'data' || !authenticating) return reading
      if (this.#early.length < MOST_EARLY) this.#early.push({ envelope: reading.envelope, frame })
    } catch (cause) {
      this.#report(new StatewireError('CALLBACK', { where: 'a matcher of auth or heartbeat' }, { cause }))
    }
    return NOTHING
  }

  /** The data that came before auth was accepted, oldest first; empty afterwards. */
  takeEarly(): readonly { readonly envelope: Envelope; readonly frame: Frame }[] {
    return this.#early.splice(0)
  }

  /** Another link begins. */
  reset(): void {
    this.#early = []
  }

  #decode(frame: Frame): Envelope | undefined {
    try {
      return this.#policy.codec.decode(frame)
    } catch (cause) {
      this.#decodeError = cause
      return undefined
    }
  }

  #tell(envelope: Envelope | undefined, frame: Frame, authenticating: boolean): Reading {
    const { auth, heartbeat } = this.#policy
    if (auth && authenticating) {
      if (auth.refused(envelope, frame)) return { meaning: 'refused' }
      if (auth.accepted && auth.accepted(envelope, frame)) return { meaning: 'accepted' }
    } else if (auth) {
      // Once open the matchers no longer run: what looks like an answer to auth may be a chat message.
      if (matchRefused(envelope, frame)) return { meaning: 'refused' }
      if (envelope ? isRepeatedAcceptance(envelope) : matchAccepted(envelope, frame)) return NOTHING
    }
    if (heartbeat?.mode === 'ping' && isPong(heartbeat.pong, envelope, frame)) return { meaning: 'pong' }
    if (!envelope) return this.#bad(frame)
    return { meaning: envelope.type === this.#beatType ? 'beat' : 'data', envelope }
  }

  #bad(frame: Frame): Reading {
    const details = { excerpt: excerptOf(frame), count: ++this.#badFrames }
    this.#report(new StatewireError('BAD_FRAME', details, { cause: this.#decodeError }))
    return NOTHING
  }
}

// Without a matcher every frame is a sign of life; the echo of the default ping is nothing else besides.
function isPong(pong: MessageMatch | undefined, envelope: Envelope | undefined, frame: Frame): boolean {
  return pong ? pong(envelope, frame) : envelope?.type === DEFAULT_PING
}

function excerptOf(frame: Frame): string {
  if (typeof frame !== 'string') return `a binary frame of ${frameSize(frame)} bytes`
  const excerpt = JSON.stringify(frame.slice(0, EXCERPT_CHARACTERS))
  return frame.length > EXCERPT_CHARACTERS ? `${excerpt}… (${frame.length} characters)` : excerpt
}
