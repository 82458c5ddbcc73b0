import { systemClock, type Clock } from '../env/clock.ts'
import { own } from '../lib/own.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { parsePlaced, type Cursor } from '../protocol/session/index.ts'
import type { Channel } from './channel.ts'

/** Messages that are held while a snapshot loads; at more it is loaded again. */
const HELD_MESSAGES = 1_000
/** Bytes of those, roughly; two for each character. */
const HELD_BYTES = 1_048_576
const BASE_DELAY_MS = 1_000
const MAX_DELAY_MS = 30_000

export interface SnapshotRequest {
  readonly topic: string
  /** Aborted when the result is of no use any more. */
  readonly signal: AbortSignal
}

/** The topic's value, and the place in its log that it goes up to. */
export interface Snapshot<Data> {
  readonly data: Data
  /** Messages up to here are part of the data. Without it, all that arrive from the start of the load on count as newer. */
  readonly cursor?: Cursor | undefined
}

/** Loads a topic's value: `{ data, cursor }`, or the data itself where it is not of that shape. */
export type LoadSnapshot<Data> = (request: SnapshotRequest) => Promise<Snapshot<Data> | Data>

export interface SnapshotHandlers<Data> {
  readonly load: LoadSnapshot<Data>
  /** Takes a snapshot, in place of everything before. */
  readonly apply: (data: Data) => void
  /** Takes a message that is newer than the snapshot; each once and in order. */
  readonly message: (message: Envelope) => void
  /** Hears of a load that failed. It is tried again, after 1 s at first and 30 s at most. */
  readonly failed?: (cause: unknown) => void
  /** @default the system's */
  readonly clock?: Clock
}

/** What `followSnapshot` returns. */
export interface SnapshotStream {
  /** Voids what was applied: a new snapshot is loaded as soon as the channel is subscribed. */
  reload(): void
  /** Lets go of the channel. Idempotent. */
  stop(): void
}

/** What option `snapshot` of a binding takes. Made by `snapshot`. */
export interface SnapshotSource<Entry = unknown> {
  /** Where the snapshot lands. */
  readonly into: Entry
  readonly follow: (channel: Channel, handlers: Omit<SnapshotHandlers<unknown>, 'load'>) => SnapshotStream
}

/**
 * Says how the value of a topic is loaded and where it lands, for `client.bind` and the `wire` of the adapters: before the first
 * message, and again after each `resync`. What arrives meanwhile lands after it.
 *
 * @example
 * snapshot({ load: ({ signal }) => getRoom(1, signal), into: latest('room') })
 */
export function snapshot<Data, const Entry>(options: {
  readonly load: LoadSnapshot<Data>
  readonly into: Entry
}): SnapshotSource<Entry> {
  const { load, into } = options
  return { into, follow: (channel, handlers) => followSnapshot(channel, { ...handlers, load }) }
}

/**
 * Subscribes to a channel, loads a snapshot once that is done, and shows it before the messages that are newer; again after each
 * `resync`. Only the newest load counts. Up to 1,000 messages or 1 MiB are held while it loads; at more it is loaded again, as is
 * a snapshot that is older than what was held.
 *
 * @example
 * const stream = followSnapshot(client.channel('room:1'), { load, apply: (room) => show(room), message: ({ data }) => add(data) })
 */
export function followSnapshot<Data>(channel: Channel, handlers: SnapshotHandlers<Data>): SnapshotStream {
  return new Stream(channel, handlers)
}

type Phase =
  | { readonly status: 'idle' | 'live' | 'stopped' }
  | { readonly status: 'waiting'; readonly cancel: () => void }
  | Loading

interface Loading {
  readonly status: 'loading'
  readonly abort: AbortController
  /** Where the topic stood at the start. */
  readonly since: Cursor | undefined
  readonly held: Envelope[]
  bytes: number
}

class Stream<Data> implements SnapshotStream {
  readonly #channel: Channel
  readonly #handlers: SnapshotHandlers<Data>
  readonly #ends: readonly (() => void)[]
  #phase: Phase = { status: 'idle' }
  /** Loads in a row that came to nothing. */
  #vain = 0

  constructor(channel: Channel, handlers: SnapshotHandlers<Data>) {
    this.#channel = channel
    this.#handlers = handlers
    this.#ends = [
      channel.on('resync', () => {
        this.#vain = 0
        this.#load()
      }),
      channel.on('status', (status) => {
        // Refused, or the end of the client.
        if (status === 'denied' || status === 'idle') this.#enter({ status: 'idle' })
        this.#begin()
      }),
      channel.subscribe((message) => this.#take(message)),
    ]
    this.#begin()
  }

  reload(): void {
    if (this.#phase.status === 'stopped') return
    this.#enter({ status: 'idle' })
    this.#vain = 0
    this.#begin()
  }

  stop(): void {
    this.#enter({ status: 'stopped' })
    for (const end of this.#ends) end()
  }

  #begin(): void {
    if (this.#phase.status === 'idle' && this.#channel.status === 'subscribed') this.#load()
  }

  #load(): void {
    const abort = new AbortController()
    const loading: Loading = { status: 'loading', abort, since: this.#channel.cursor, held: [], bytes: 0 }
    this.#enter(loading)
    const { load, failed } = this.#handlers
    const ask = async (): Promise<Snapshot<Data> | Data> => load({ topic: this.#channel.topic, signal: abort.signal })
    ask().then(
      (loaded) => {
        if (this.#phase === loading) this.#loaded(loading, readSnapshot(loaded))
      },
      (cause: unknown) => {
        if (this.#phase !== loading) return
        this.#loadLater()
        failed?.(cause)
      },
    )
  }

  #loaded({ held, since }: Loading, { data, cursor }: Snapshot<Data>): void {
    if (isOlder(cursor, since)) return this.#loadLater()
    this.#vain = 0
    const live: Phase = { status: 'live' }
    this.#enter(live)
    this.#handlers.apply(data)
    for (const message of held) {
      // What was called may have ended this, or begun it anew.
      if (this.#phase !== live) return
      const place = parsePlaced(message.sw)
      if (!cursor || !place || place.o > cursor.offset) this.#handlers.message(message)
    }
  }

  #loadLater(): void {
    const delayMs = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** this.#vain++)
    const { clock = systemClock } = this.#handlers
    this.#enter({ status: 'waiting', cancel: clock.schedule(delayMs, () => this.#load()) })
  }

  #take(message: Envelope): void {
    const phase = this.#phase
    if (phase.status === 'live') return this.#handlers.message(message)
    // While nothing loads, the snapshot to come has it.
    if (phase.status !== 'loading') return
    phase.bytes += sizeOf(message.data)
    if (phase.held.push(message) > HELD_MESSAGES || phase.bytes > HELD_BYTES) this.#loadLater()
  }

  #enter(phase: Phase): void {
    const before = this.#phase
    this.#phase = phase
    if (before.status === 'waiting') before.cancel()
    if (before.status === 'loading') before.abort.abort()
  }
}

/** Whether messages are missing between a snapshot and those that were held. */
function isOlder(cursor: Cursor | undefined, since: Cursor | undefined): boolean {
  if (!cursor || !since) return false
  return cursor.epoch !== since.epoch || cursor.offset < since.offset
}

function readSnapshot<Data>(loaded: Snapshot<Data> | Data): Snapshot<Data> {
  return isSnapshot(loaded) ? loaded : { data: loaded }
}

function isSnapshot<Data>(loaded: Snapshot<Data> | Data): loaded is Snapshot<Data> {
  if (typeof loaded !== 'object' || loaded === null) return false
  const keys = Object.keys(loaded)
  const cursor = own(loaded, 'cursor') as Partial<Cursor> | undefined
  const isCursor = cursor === undefined || (typeof cursor === 'object' && typeof cursor?.offset === 'number')
  return keys.includes('data') && isCursor && keys.every((key) => key === 'data' || key === 'cursor')
}

function sizeOf(data: unknown): number {
  return (JSON.stringify(data)?.length ?? 0) * 2
}
