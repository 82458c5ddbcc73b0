import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import { frameBytes, handled, limitReached, rejected, sendError, type OutboxLimits } from '../outbox/outbox.ts'
import type { Watermark } from '../outbox/watermark.ts'
import type { Codec } from '../protocol/codec.ts'
import { sessionMessage, type Nack, type Numbered } from '../protocol/session/messages.ts'
import type { Frame } from '../transport/transport.ts'
import type { ClientOutbox, Posting } from './port.ts'

/** Most messages on their way at once: a server acknowledges many with one frame. */
const WINDOW_MESSAGES = 64
const WINDOW_BYTES = 262_144
/** What a number and a topic add to a frame, at most. */
const STAMP_BYTES = 600
/** How long an acknowledgement may take before the link is checked, in milliseconds. */
const ACK_TIMEOUT_MS = 10_000

interface Entry {
  readonly messageType: string
  readonly bytes: number
  readonly expiresAt: number
  readonly posting: Posting
  /** Undefined once nobody waits for it any more, and only its number has to be settled. */
  frame: Frame | undefined
  n: number | undefined
  /** When it was handed to the present link. */
  sentAt: number | undefined
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export interface AckedOutboxDeps {
  readonly limits: OutboxLimits
  readonly clock: Clock
  readonly codec: Codec
  readonly watermark: Watermark
  /** No acknowledgement came in time. */
  readonly overdue: () => void
  /** Something can be sent again. */
  readonly ready: () => void
  /** The other side expects what is settled here: only a new hello can mend that. */
  readonly astray: () => void
  /** Messages were sent to a server that may have had them, and does not remember. */
  readonly doubtful: (messageTypes: readonly string[]) => void
}

/** Messages not yet sent, or sent and not yet acknowledged. Numbers are given at the first transmission and kept. */
export class AckedOutbox implements ClientOutbox {
  readonly #deps: AckedOutboxDeps
  #entries: Entry[] = []
  #bytes = 0
  #nextNumber = 1
  #inFlight = 0
  #inFlightBytes = 0
  #pausedUntil = -Infinity
  #cancelTimer: (() => void) | undefined
  #cancelPause: (() => void) | undefined
  /** False: the server is a plain one, and what is handed over is done. Undefined: not known, and everything waits. */
  numbering: boolean | undefined
  /** Largest frame the server takes, in bytes. */
  maxFrameBytes: number = Infinity

  constructor(deps: AckedOutboxDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#entries.length
  }

  get ready(): boolean {
    if (this.numbering === undefined) return false
    return (
      this.#entries.length > this.#inFlight && this.#roomFor(0) && this.#deps.clock.monotonic() >= this.#pausedUntil
    )
  }

  /** Lowest number that is not settled. */
  get lowest(): number {
    return this.#entries.find(({ n }) => n !== undefined)?.n ?? this.#nextNumber
  }

  add(messageType: string, frame: Frame, posting: Posting = {}): Promise<void> {
    const { limits, clock } = this.#deps
    const bytes = frameBytes(frame)
    const { maxFrameBytes: maxBytes } = this
    if (bytes + STAMP_BYTES > maxBytes)
      return rejected(new StatewireError('TOO_LARGE', { messageType, bytes, maxBytes }))
    while (this.#limit(bytes) && limits.overflow === 'dropOldest' && bytes <= limits.maxBytes && this.#dropOldest());
    const limit = this.#limit(bytes)
    if (limit) return rejected(new StatewireError('OUTBOX_FULL', { limit, messageType }))
    return handled(
      new Promise((resolve, reject) => {
        const expiresAt = clock.monotonic() + limits.maxAgeMs
        const entry: Entry = {
          messageType,
          bytes,
          expiresAt,
          posting,
          frame,
          n: undefined,
          sentAt: undefined,
          resolve,
          reject,
        }
        this.#entries.push(entry)
        this.#bytes += bytes
        this.#noteLevel()
        const { signal } = posting
        signal?.addEventListener('abort', () => this.#giveUp(entry, signal.reason), { once: true })
        this.#arm()
      }),
    )
  }

  drain(send: (frame: Frame) => boolean): void {
    if (!this.ready) return
    // From a copy: what is handed over may lead to acknowledgements, or to more messages, at once.
    for (const entry of [...this.#entries]) {
      if (entry.sentAt !== undefined || (entry.frame === undefined && entry.n === undefined)) continue
      // A request needs its number: it waits until it is known what the server can do.
      if (!this.numbering && entry.posting.onNumber) continue
      if (!this.ready || !this.#roomFor(entry.bytes) || !this.#transmit(entry, send)) break
    }
    this.#arm()
  }

  /** Everything up to `rx` is settled. Repeated and older ones change nothing. */
  ack(rx: number): void {
    while (this.#entries[0]?.n !== undefined && this.#entries[0].n <= rx) this.#remove(this.#entries[0]).resolve()
    this.#arm()
  }

  nack({ n, code, message, retryMs, want }: Nack): void {
    if (want !== undefined) {
      if (want < this.lowest) this.#deps.astray()
      else this.#rewind(want, 0)
      return
    }
    if (retryMs !== undefined) return this.#rewind(n, retryMs)
    const entry = this.#entries.find((other) => other.n === n)
    if (!entry) return
    entry.frame = undefined
    entry.reject(new StatewireError('REFUSED', { messageType: entry.messageType, refusal: code, problem: message }))
  }

  /** The session is there. `highest`: what the server has; undefined when it remembers nothing. */
  welcome(highest: number | undefined): void {
    this.numbering = true
    if (highest !== undefined) return this.ack(Math.min(highest, this.#nextNumber - 1))
    const sent = this.#entries.filter(({ n, frame }) => n !== undefined && frame !== undefined)
    if (sent.length > 0) this.#deps.doubtful(sent.map(({ messageType }) => messageType))
  }

  /** The server is a plain one: what has a number may have been taken by the one before, and nobody can tell. */
  plain(): void {
    this.numbering = false
    for (const entry of this.#entries.filter(({ n }) => n !== undefined)) {
      this.#remove(entry).reject(new StatewireError('LOST', { messageType: entry.messageType }))
    }
  }

  /** The link is gone, and what was on its way has to go again. */
  linkLost(): void {
    for (const entry of this.#entries) entry.sentAt = undefined
    this.#inFlight = 0
    this.#inFlightBytes = 0
    this.#pausedUntil = -Infinity
    this.#cancelPause?.()
    this.#arm()
  }

  /** Starts to count anew, under another client id. */
  renumber(): void {
    this.linkLost()
    for (const entry of this.#entries) entry.n = undefined
    this.#entries = this.#entries.filter(({ frame }) => frame !== undefined)
    this.#nextNumber = 1
  }

  discard(reason: string): void {
    const entries = this.#entries
    this.#entries = []
    this.#bytes = 0
    this.#noteLevel()
    this.linkLost()
    for (const { reject } of entries) reject(new StatewireError('CLOSED', { reason }))
  }

  #transmit(entry: Entry, send: (frame: Frame) => boolean): boolean {
    try {
      if (!send(this.#frameOf(entry))) return false
    } catch (cause) {
      this.#giveUp(entry, sendError(entry.messageType, cause))
      return true
    }
    entry.posting.onSent?.()
    if (!this.numbering) this.#remove(entry).resolve()
    else if (this.#entries.includes(entry)) {
      entry.sentAt = this.#deps.clock.monotonic()
      this.#inFlight++
      this.#inFlightBytes += entry.bytes
    }
    return true
  }

  #frameOf(entry: Entry): Frame {
    const { codec } = this.#deps
    const { frame, posting } = entry
    if (!this.numbering) return frame!
    if (entry.n === undefined) {
      entry.n = this.#nextNumber++
      posting.onNumber?.(entry.n)
    }
    const { n } = entry
    if (frame === undefined) return codec.encode(sessionMessage('sw.skip', { n }))
    const sw: Numbered = {
      n,
      ...(posting.topic === undefined ? {} : { c: posting.topic }),
      ...(posting.onNumber ? { rq: true as const } : {}),
    }
    return codec.stamp!(frame, sw)
  }

  /** Everything from a number on goes again, after a while. */
  #rewind(from: number, delayMs: number): void {
    const { clock, ready } = this.#deps
    for (const entry of this.#entries) {
      if (entry.n === undefined || entry.n < from || entry.sentAt === undefined) continue
      entry.sentAt = undefined
      this.#inFlight--
      this.#inFlightBytes -= entry.bytes
    }
    if (delayMs > 0) this.#pausedUntil = clock.monotonic() + delayMs
    const leftMs = this.#pausedUntil - clock.monotonic()
    this.#cancelPause?.()
    this.#cancelPause = clock.schedule(Math.max(0, leftMs), () => {
      // Said outright: a timer may come a little early, and nobody would ask again.
      this.#pausedUntil = -Infinity
      ready()
    })
    this.#arm()
  }

  /** Without a number it is gone; with one, the number has to be settled all the same. */
  #giveUp(entry: Entry, reason: unknown): void {
    if (!this.#entries.includes(entry)) return
    if (entry.n === undefined) this.#remove(entry)
    // On its way it may still be taken; only when it has to go again it goes as a skip.
    else entry.frame = undefined
    entry.reject(reason)
    this.#arm()
  }

  #remove(entry: Entry): Entry {
    const index = this.#entries.indexOf(entry)
    if (index === -1) return entry
    this.#entries.splice(index, 1)
    this.#bytes -= entry.bytes
    if (entry.sentAt !== undefined) {
      this.#inFlight--
      this.#inFlightBytes -= entry.bytes
    }
    this.#noteLevel()
    return entry
  }

  #noteLevel(): void {
    this.#deps.watermark.note(this.#entries.length, this.#bytes)
  }

  #dropOldest(): boolean {
    const oldest = this.#entries.find(({ n }) => n === undefined)
    if (oldest) this.#remove(oldest).reject(new StatewireError('OUTBOX_DROPPED', { messageType: oldest.messageType }))
    return oldest !== undefined
  }

  #limit(bytes: number): string | undefined {
    return limitReached(this.#deps.limits, { messages: this.#entries.length, bytes: this.#bytes + bytes })
  }

  #roomFor(bytes: number): boolean {
    if (!this.numbering || this.#inFlight === 0) return true
    return this.#inFlight < WINDOW_MESSAGES && this.#inFlightBytes + bytes <= WINDOW_BYTES
  }

  /** One timer, for what comes first: the oldest message expires, or its acknowledgement is overdue. */
  #arm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const [oldest] = this.#entries
    if (!oldest) return
    const { clock } = this.#deps
    const expiry = this.#entries.find(({ frame }) => frame !== undefined)?.expiresAt ?? Infinity
    const overdue = oldest.sentAt === undefined ? Infinity : oldest.sentAt + ACK_TIMEOUT_MS
    const dueAt = Math.min(expiry, overdue)
    if (dueAt === Infinity) return
    this.#cancelTimer = clock.schedule(Math.max(0, dueAt - clock.monotonic()), () => this.#due())
  }

  #due(): void {
    const { clock, limits, overdue } = this.#deps
    const now = clock.monotonic()
    for (const entry of [...this.#entries]) {
      if (entry.frame === undefined) continue
      if (entry.expiresAt > now) break
      this.#giveUp(entry, new StatewireError('EXPIRED', { messageType: entry.messageType, maxAgeMs: limits.maxAgeMs }))
    }
    const [oldest] = this.#entries
    if (oldest?.sentAt !== undefined && oldest.sentAt + ACK_TIMEOUT_MS <= now) {
      // TCP sends again by itself; what is in doubt is the link.
      oldest.sentAt = now
      overdue()
    }
    this.#arm()
  }
}
