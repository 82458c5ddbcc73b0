import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { isRepeatedAcceptance, matchAccepted, matchRefused, type MessageMatch } from '../protocol/matcher.ts'
import { frameSize } from '../transport/frame-size.ts'
import type { Frame } from '../transport/transport.ts'
import type { ConnectionPolicy } from './policy.ts'

/** What a frame is for. Control messages are consumed; only `data` reaches the application. */
export type Reading =
  | { readonly meaning: 'data' | 'beat'; readonly envelope: Envelope }
  | { readonly meaning: 'accepted'; readonly envelope: Envelope | undefined }
  | { readonly meaning: 'refused' | 'pong' | 'nothing'; readonly envelope?: undefined }

/** A message that came before its time. */
export interface EarlyMessage {
  readonly envelope: Envelope
  readonly frame: Frame
}

const MOST_EARLY = 100
const MOST_EARLY_BYTES = 1_048_576
const EXCERPT_CHARACTERS = 200
const DEFAULT_PING = 'heartCheck'
const NOTHING: Reading = { meaning: 'nothing' }

/** Reads inbound frames and tells control messages from data. */
export class Inbound {
  readonly #policy: ConnectionPolicy
  readonly #report: (error: StatewireError) => void
  #heartbeat: ConnectionPolicy['heartbeat']
  #badFrames = 0
  #decodeError: unknown
  /** Data that came before auth was accepted. */
  #early: EarlyMessage[] = []
  #earlyBytes = 0
  #earlyDropped = false
  #secret = ''

  constructor(policy: ConnectionPolicy, report: (error: StatewireError) => void) {
    this.#policy = policy
    this.#report = report
    this.#heartbeat = policy.heartbeat
  }

  /** How many frames could not be read so far. */
  get badFrames(): number {
    return this.#badFrames
  }

  read(frame: Frame, authenticating: boolean): Reading {
    this.#decodeError = undefined
    const bytes = frameSize(frame)
    if (bytes > this.#policy.maxFrameBytes) return this.#tooLarge(bytes)
    const envelope = this.#decode(frame)
    try {
      const reading = this.#tell(envelope, frame, authenticating)
      if (reading.meaning !== 'data' || !authenticating) return reading
      this.#keepEarly({ envelope: reading.envelope, frame })
    } catch (cause) {
      this.#report(new StatewireError('CALLBACK', { where: 'a matcher of auth or heartbeat' }, { cause }))
    }
    return NOTHING
  }

  /** The data that came before auth was accepted, oldest first; empty afterwards. */
  takeEarly(): readonly EarlyMessage[] {
    this.#earlyBytes = 0
    return this.#early.splice(0)
  }

  /** Which heartbeat to look for from now on. */
  expect(heartbeat: ConnectionPolicy['heartbeat']): void {
    this.#heartbeat = heartbeat
  }

  /** Another link begins. @param secret Its token, which no report may show */
  reset(secret = ''): void {
    this.#secret = secret
    this.#early = []
    this.#earlyBytes = 0
    this.#earlyDropped = false
    this.#heartbeat = this.#policy.heartbeat
  }

  #keepEarly({ envelope, frame }: EarlyMessage): void {
    const message = { envelope, frame: ownMemory(frame) }
    this.#early.push(message)
    this.#earlyBytes += frameSize(message.frame)
    if (this.#early.length <= MOST_EARLY && this.#earlyBytes <= MOST_EARLY_BYTES) return
    const oldest = this.#early.shift()
    if (oldest) this.#earlyBytes -= frameSize(oldest.frame)
    if (this.#earlyDropped) return
    this.#earlyDropped = true
    const limit = `${MOST_EARLY} messages or ${MOST_EARLY_BYTES} bytes`
    this.#report(new StatewireError('EARLY_DROPPED', { limit }))
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
    const { auth } = this.#policy
    const heartbeat = this.#heartbeat
    if (auth && authenticating) {
      if (auth.refused(envelope, frame)) return { meaning: 'refused' }
      if (auth.accepted && auth.accepted(envelope, frame)) return { meaning: 'accepted', envelope }
    } else if (auth) {
      // Once open the matchers no longer run: what looks like an answer to auth may be a chat message.
      if (matchRefused(envelope, frame)) return { meaning: 'refused' }
      if (envelope ? isRepeatedAcceptance(envelope) : matchAccepted(envelope, frame)) return NOTHING
    }
    if (heartbeat?.mode === 'ping' && isPong(heartbeat.pong, envelope, frame)) return { meaning: 'pong' }
    if (!envelope) return this.#bad(frame)
    return { meaning: heartbeat?.mode === 'reply' && envelope.type === heartbeat.type ? 'beat' : 'data', envelope }
  }

  #tooLarge(bytes: number): Reading {
    this.#report(new StatewireError('FRAME_TOO_LARGE', { bytes, maxFrameBytes: this.#policy.maxFrameBytes }))
    return NOTHING
  }

  #bad(frame: Frame): Reading {
    const details = { excerpt: excerptOf(frame, this.#secret), count: ++this.#badFrames }
    this.#report(new StatewireError('BAD_FRAME', details, { cause: this.#decodeError }))
    return NOTHING
  }
}

// Without a matcher every frame is a sign of life; the echo of the default ping is nothing else besides.
function isPong(pong: MessageMatch | undefined, envelope: Envelope | undefined, frame: Frame): boolean {
  return pong ? pong(envelope, frame) : envelope?.type === DEFAULT_PING
}

/** A part of a frame keeps the whole frame in memory, and what is early may wait for long. */
function ownMemory(frame: Frame): Frame {
  return typeof frame === 'string' ? (JSON.parse(JSON.stringify(frame)) as string) : frame
}

function excerptOf(frame: Frame, secret: string): string {
  if (typeof frame !== 'string') return `a binary frame of ${frameSize(frame)} bytes`
  // A server may send our own token back to us.
  const shown = secret === '' ? frame : frame.slice(0, 10 * EXCERPT_CHARACTERS).replaceAll(secret, '[token]')
  const excerpt = JSON.stringify(shown.slice(0, EXCERPT_CHARACTERS))
  return frame.length > EXCERPT_CHARACTERS ? `${excerpt}… (${frame.length} characters)` : excerpt
}
