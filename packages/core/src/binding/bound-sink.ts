import type { Clock } from '../env/clock.ts'
import { isolate } from '../lib/emitter.ts'
import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { RuleBatch } from './batch.ts'
import type { CompiledEntry, CompiledWire } from './compile-wire.ts'
import { COMMIT_MESSAGES, FLUSH_MESSAGES, HELD_BYTES, HELD_MESSAGES } from './limits.ts'
import { callsOf, type DueCall } from './calls.ts'
import { Queue } from './queue.ts'
import type { Sink } from './sink.ts'

export interface BoundSinkDeps {
  readonly sink: Sink
  readonly wire: CompiledWire
  readonly clock: Clock
  /** How long a commit should take at most, in milliseconds. */
  readonly budgetMs: number
  readonly report: (error: StatewireError) => void
}

/** One sink, its wire, and the messages that wait for it. */
export class BoundSink {
  readonly wire: CompiledWire
  readonly #sink: Sink
  // Asked of the wire once: most wires only have rules, and then no message needs to be asked.
  readonly #anyCalls: boolean
  readonly #clock: Clock
  readonly #budgetMs: number
  readonly #report: (error: StatewireError) => void
  #queue = new Queue()
  // By island: where the newest message of a type stands of which only that is seen. It is replaced, and the older one not kept.
  #newest: number[] = []
  #heldBytes = 0
  // How many messages the next commit may take, as far as the last large one tells.
  #most = COMMIT_MESSAGES
  // How many of the waiting messages belong to the flush that runs now.
  #cut = 0
  // What the last commit caused, and how much of that is done.
  #calls: readonly DueCall[] = []
  #called = 0
  #paused = false
  #stopped = false
  #overflowed = false
  // Counts what voids a flush that is under way: a reset, the end.
  #generation = 0
  readonly #missing = new Set<string>()

  constructor({ sink, wire, clock, budgetMs, report }: BoundSinkDeps) {
    this.#sink = sink
    this.wire = wire
    this.#anyCalls = entriesOf(wire).some(({ calls }) => calls.length > 0)
    this.#clock = clock
    this.#budgetMs = budgetMs
    this.#report = report
  }

  get paused(): boolean {
    return this.#paused
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Where a message type lands; undefined when this sink does not take it. */
  entryOf(type: string): CompiledEntry | undefined {
    return this.wire.entries.get(type) ?? this.wire.rest
  }

  push(message: Envelope, entry: CompiledEntry, bytes: number): void {
    // Delivery goes on over the targets it began with, some of which may have been stopped meanwhile.
    if (this.#stopped) return
    if (this.#paused) return this.#hold(message, entry, bytes)
    if (!entry.keepsLast) return this.#queue.push(message, entry, bytes)
    const newest = this.#newest[entry.island]
    if (newest !== undefined) return this.#queue.replace(newest, message, entry, bytes)
    this.#newest[entry.island] = this.#queue.length
    this.#queue.push(message, entry, bytes)
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#newest = []
    this.#overflowed = false
    this.#heldBytes = 0
    for (let i = 0; i < this.#queue.length; i++) this.#heldBytes += this.#queue.bytesAt(i)
  }

  /** Returns whether anything waits. */
  resume(): boolean {
    this.#paused = false
    return this.#queue.length > 0 || this.#calls.length > 0
  }

  stop(): void {
    this.#stopped = true
    this.clear()
  }

  /** Drops the messages and calls that wait. */
  clear(): void {
    this.#generation += 1
    this.#queue = new Queue()
    this.#newest = []
    this.#heldBytes = 0
    this.#cut = 0
    this.#endCalls()
  }

  /** Puts the state back. */
  reset(): void {
    isolate(
      () => this.#sink.reset(),
      (error) => this.#fail('reset', error),
    )
  }

  /** Draws the line between this flush and the next. */
  cut(): void {
    this.#cut = this.#queue.length
    this.#newest = []
  }

  /** Whether anything waits that belongs to the flush that runs now. */
  get due(): boolean {
    return !this.#paused && (this.#cut > 0 || this.#calls.length > 0)
  }

  /** Does a part of what is due, in order: one commit, or one call that it caused. */
  step(): void {
    if (this.#calls.length > 0) return this.#callNext()
    const queue = this.#take()
    const generation = this.#generation
    this.#commit(queue)
    // The commit may have ended or reset this very binding.
    if (this.#anyCalls && generation === this.#generation) this.#calls = callsOf(queue)
  }

  #take(): Queue {
    const queue = this.#queue
    const count = Math.min(this.#cut, this.#most)
    this.#cut -= count
    // Messages can arrive between the cut and here: another sink's commit may cause them. They move up.
    this.#newest = []
    if (count < queue.length) return queue.take(count)
    this.#queue = new Queue()
    return queue
  }

  #commit(queue: Queue): void {
    const batch = new RuleBatch(queue, this.#sink.name)
    if (batch.isEmpty) return
    const startedAt = this.#clock.monotonic()
    isolate(
      () => this.#sink.commit(batch),
      (error) => this.#fail('commit', error),
    )
    this.#learn(queue.length, this.#clock.monotonic() - startedAt)
    for (const failure of batch.failures) this.#report(failure)
    for (const [key, problem] of batch.missing) {
      if (this.#missing.has(key)) continue
      this.#missing.add(key)
      this.#report(problem)
    }
  }

  /** From commits that might have been larger, or were too large: in a small one the readers cost more than the messages. */
  #learn(messages: number, tookMs: number): void {
    if (messages < COMMIT_MESSAGES || (messages < this.#most && tookMs <= this.#budgetMs)) return
    const fitting = tookMs > 0 ? Math.floor((messages * this.#budgetMs) / tookMs) : FLUSH_MESSAGES
    this.#most = Math.max(COMMIT_MESSAGES, Math.min(FLUSH_MESSAGES, fitting))
  }

  #callNext(): void {
    const { call, data } = this.#calls[this.#called++]!
    if (this.#called === this.#calls.length) this.#endCalls()
    isolate(
      () => this.#sink.call?.(call, data),
      (error) => this.#fail(`${call.kind} "${call.call}"`, error),
    )
  }

  #endCalls(): void {
    this.#calls = []
    this.#called = 0
  }

  /** Keeps a message while paused, and makes room for it, oldest first. */
  #hold(message: Envelope, entry: CompiledEntry, bytes: number): void {
    const queue = this.#queue
    queue.push(message, entry, bytes)
    this.#heldBytes += bytes
    while (queue.length > HELD_MESSAGES || (this.#heldBytes > HELD_BYTES && queue.length > 1)) {
      this.#heldBytes -= queue.take(1).bytesAt(0)
      this.#cut = Math.max(0, this.#cut - 1)
      if (this.#overflowed) continue
      this.#overflowed = true
      this.#report(new StatewireError('PAUSED_DROPPED', { store: this.#sink.name, held: queue.length }))
    }
  }

  #fail(what: string, error: unknown): void {
    const where = `${what} of store "${this.#sink.name}"`
    this.#report(new StatewireError('CALLBACK', { where }, { cause: error }))
  }
}

function entriesOf({ entries, rest }: CompiledWire): readonly CompiledEntry[] {
  return rest ? [...entries.values(), rest] : [...entries.values()]
}
