import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import { rejected, settling } from '../lib/promises.ts'
import { frameBytes, sendError, type OutboxLimits } from '../outbox/outbox.ts'
import type { Watermark } from '../outbox/watermark.ts'
import type { Codec } from '../protocol/codec.ts'
import type { Nack } from '../protocol/session/messages.ts'
import type { Frame } from '../transport/transport.ts'
import type { BoxWriter } from './box-writer.ts'
import { frameOf, newEntry, restoredEntries, type Entry } from './entry.ts'
import { EntryKeeper } from './entry-keeper.ts'
import { EntryList } from './entry-list.ts'
import { Pause } from './pause.ts'
import type { ClientOutbox, Posting } from './port.ts'
import type { BoxContent } from './storage.ts'
import { Window, WINDOW_MESSAGES } from './window.ts'

/** What a number and a topic add to a frame, at most. */
const STAMP_BYTES = 600
/** How long an acknowledgement may take before the link is checked, in milliseconds. */
const ACK_TIMEOUT_MS = 10_000

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
  /** Keeps messages where they outlive the page; undefined where, or while, nothing does. */
  readonly writer?: () => BoxWriter | undefined
  /** What a page before kept came to nothing. */
  readonly failed?: (reason: unknown) => void
}

/** Messages not yet sent, or sent and not yet acknowledged. Numbers are given at the first transmission and kept. */
export class AckedOutbox implements ClientOutbox {
  readonly #deps: AckedOutboxDeps
  readonly #entries: EntryList
  readonly #keeper: EntryKeeper
  #nextNumber = 1
  readonly #window = new Window()
  /** A page before gave numbers that only the server knows of. */
  #unsure = false
  readonly #pause: Pause
  #cancelTimer: (() => void) | undefined
  /** False: the server is a plain one, and what is handed over is done. Undefined: not known, and everything waits. */
  numbering: boolean | undefined
  /** Largest frame the server takes, in bytes. */
  maxFrameBytes: number = Infinity

  constructor(deps: AckedOutboxDeps) {
    this.#deps = deps
    this.#entries = new EntryList(deps)
    const { clock, writer, ready } = deps
    this.#keeper = new EntryKeeper({ clock, writer, ready })
    this.#pause = new Pause(clock, ready)
  }

  get size(): number {
    return this.#entries.size
  }

  get ready(): boolean {
    if (this.numbering === undefined) return false
    return this.#entries.size > this.#window.messages && this.#roomFor(0) && !this.#pause.active
  }

  /** Lowest number that is not settled. */
  get lowest(): number {
    return this.#entries.find(({ n }) => n !== undefined)?.n ?? this.#nextNumber
  }

  /** Whether anything has a number. */
  get numbered(): boolean {
    return this.#entries.find(({ n }) => n !== undefined) !== undefined
  }

  /** Whether anything is kept. */
  get keeping(): boolean {
    return this.#entries.find(({ seq }) => seq !== undefined) !== undefined
  }

  add(messageType: string, frame: Frame, posting: Posting = {}): Promise<void> {
    const { signal } = posting
    if (signal?.aborted) return rejected(signal.reason)
    const { limits, clock } = this.#deps
    const bytes = frameBytes(frame)
    if (this.#tooLarge(bytes)) return rejected(this.#tooLargeError({ messageType, bytes }))
    while (
      this.#entries.limit(bytes) &&
      limits.overflow === 'dropOldest' &&
      bytes <= limits.maxBytes &&
      this.#dropOldest()
    );
    const limit = this.#entries.limit(bytes)
    if (limit) return rejected(new StatewireError('OUTBOX_FULL', { limit, messageType }))
    const expiresAt = clock.monotonic() + limits.maxAgeMs
    const { promise, ...settle } = settling(signal, (reason) => this.#giveUp(entry, reason))
    const entry = newEntry({ messageType, bytes, posting, expiresAt, ...settle }, frame)
    // A server that numbers nothing has it at once.
    if (this.numbering !== false) this.#keeper.keep(entry)
    // Last: who is told that it fills up may send, and that is younger.
    this.#entries.add(entry)
    this.#arm()
    return promise
  }

  drain(send: (frame: Frame) => boolean): void {
    if (!this.ready) return
    this.#prepare()
    // From a copy: what is handed over may lead to acknowledgements, or to more messages, at once.
    for (const entry of [...this.#entries]) {
      if (entry.sentAt !== undefined || !this.#entries.has(entry)) continue
      // A request needs its number: it waits until it is known what the server can do.
      if (!this.numbering && entry.posting.onNumber) continue
      if (this.#tooLarge(entry.bytes) && entry.frame !== undefined) this.#giveUp(entry, this.#tooLargeError(entry))
      if (!this.#entries.has(entry)) continue
      if (entry.unwritten > 0 || !this.ready || !this.#roomFor(entry.bytes) || !this.#transmit(entry, send)) break
    }
    this.#arm()
  }

  /** Everything up to `rx` is settled. Repeated and older ones change nothing. */
  ack(rx: number): void {
    for (let { first } = this.#entries; first?.n !== undefined && first.n <= rx; first = this.#entries.first) {
      this.#remove(first).resolve()
    }
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
    this.#empty(entry)
    entry.reject(new StatewireError('REFUSED', { messageType: entry.messageType, refusal: code, problem: message }))
  }

  /** The session is there. `highest`: what the server has; undefined when it remembers nothing. */
  welcome(highest: number | undefined): void {
    this.numbering = true
    // Numbers that are not kept any more, or never were, must not be given twice.
    if (this.#unsure) this.#nextNumber = Math.max(this.#nextNumber, (highest ?? 0) + 1)
    this.#unsure = false
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
    for (const entry of this.#entries) this.#window.back(entry)
    this.#pause.end()
    this.#arm()
  }

  /** Starts to count anew, under another client id. */
  renumber(): void {
    this.linkLost()
    this.#nextNumber = 1
    this.#unsure = false
    for (const entry of [...this.#entries]) {
      entry.n = undefined
      if (entry.frame === undefined) this.#remove(entry)
      else if (entry.seq !== undefined) this.#keeper.keep(entry)
    }
  }

  /** Messages can be kept from now on. What a page before kept goes first, as it was. */
  restore(content: BoxContent | undefined): void {
    const { clock, failed = () => {}, ready } = this.#deps
    const restored = content ? restoredEntries(content.messages, { clock, failed }) : []
    this.#keeper.begin(restored)
    this.#unsure = restored.length > 0
    const last = restored.findLast(({ n }) => n !== undefined)
    if (last?.n !== undefined) this.#nextNumber = last.n + 1
    if (this.numbering !== false) for (const entry of this.#entries) this.#keeper.keep(entry)
    // Last, as in `add`.
    this.#entries.addOlder(restored)
    if (this.numbering === false) this.plain()
    this.#due()
    ready()
  }

  /** Somebody else has what was kept, and sends it. The rest starts to count anew. */
  surrender(): void {
    for (const entry of this.#entries.filter(({ seq }) => seq !== undefined)) {
      this.#remove(entry).reject(new StatewireError('LOST', { messageType: entry.messageType }))
    }
    this.renumber()
  }

  discard(reason: string): void {
    this.linkLost()
    const entries = this.#entries.take()
    this.#arm()
    for (const { reject } of entries) reject(new StatewireError('CLOSED', { reason }))
  }

  #transmit(entry: Entry, send: (frame: Frame) => boolean): boolean {
    try {
      if (this.numbering) this.#number(entry)
      if (!send(frameOf(entry, this.#deps.codec))) return false
    } catch (cause) {
      this.#giveUp(entry, sendError(entry.messageType, cause))
      return true
    }
    entry.posting.onSent?.()
    if (!this.numbering) this.#remove(entry).resolve()
    else if (this.#entries.has(entry)) this.#window.sent(entry, this.#deps.clock.monotonic())
    return true
  }

  /** Everything from a number on goes again, after a while. */
  #rewind(from: number, delayMs: number): void {
    for (const entry of this.#entries) {
      if (entry.n !== undefined && entry.n >= from) this.#window.back(entry)
    }
    this.#pause.begin(delayMs)
    this.#arm()
  }

  /** Without a number it is gone; with one, the number has to be settled all the same. */
  #giveUp(entry: Entry, reason: unknown): void {
    if (!this.#entries.has(entry)) return
    if (entry.n === undefined) this.#remove(entry)
    // On its way it may still be taken; only when it has to go again it goes as a skip.
    else this.#empty(entry)
    entry.reject(reason)
    this.#arm()
  }

  /** Only its number is left to be settled. */
  #empty(entry: Entry): void {
    entry.frame = undefined
    this.#keeper.forget(entry)
  }

  #remove(entry: Entry): Entry {
    if (!this.#entries.remove(entry)) return entry
    this.#window.back(entry)
    this.#keeper.forget(entry)
    return entry
  }

  /** What goes next gets its number, and has it written down: it must not leave before whoever adopts it would know. */
  #prepare(): void {
    if (!this.#keeper.active) return
    let room = WINDOW_MESSAGES - this.#window.messages
    for (const entry of this.#entries) {
      if (entry.sentAt !== undefined) continue
      if (room-- <= 0) return
      // A plain server has it once it is handed over: whoever adopts the box must not find it there.
      if (!this.numbering) this.#keeper.forget(entry, { wait: true })
      else if (entry.n === undefined) {
        this.#number(entry)
        this.#keeper.keep(entry)
      }
    }
  }

  #number(entry: Entry): number {
    if (entry.n === undefined) {
      entry.n = this.#nextNumber++
      entry.posting.onNumber?.(entry.n)
    }
    return entry.n
  }

  #dropOldest(): boolean {
    const oldest = this.#entries.find(({ n }) => n === undefined)
    if (oldest) this.#remove(oldest).reject(new StatewireError('OUTBOX_DROPPED', { messageType: oldest.messageType }))
    return oldest !== undefined
  }

  #roomFor(bytes: number): boolean {
    return !this.numbering || this.#window.roomFor(bytes)
  }

  #tooLarge(bytes: number): boolean {
    return bytes + STAMP_BYTES > this.maxFrameBytes
  }

  #tooLargeError({ messageType, bytes }: Pick<Entry, 'messageType' | 'bytes'>): StatewireError {
    return new StatewireError('TOO_LARGE', { messageType, bytes, maxBytes: this.maxFrameBytes })
  }

  /** One timer, for what comes first: the oldest message expires, or its acknowledgement is overdue. */
  #arm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const { first: oldest } = this.#entries
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
      // All of them: what a page before kept may have had another limit, or another time.
      if (entry.frame === undefined || entry.expiresAt > now) continue
      this.#giveUp(entry, new StatewireError('EXPIRED', { messageType: entry.messageType, maxAgeMs: limits.maxAgeMs }))
    }
    const { first: oldest } = this.#entries
    if (oldest?.sentAt !== undefined && oldest.sentAt + ACK_TIMEOUT_MS <= now) {
      // TCP sends again by itself; what is in doubt is the link.
      oldest.sentAt = now
      overdue()
    }
    this.#arm()
  }
}
