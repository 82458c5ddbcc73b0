import { limitReached, type OutboxLimits } from '../outbox/outbox.ts'
import type { Watermark } from '../outbox/watermark.ts'
import type { Entry } from './entry.ts'

export interface EntryListDeps {
  readonly limits: OutboxLimits
  readonly watermark: Watermark
}

/** The entries of an outbox, oldest first, and how much they are. */
export class EntryList implements Iterable<Entry> {
  readonly #deps: EntryListDeps
  #entries: Entry[] = []
  #bytes = 0

  constructor(deps: EntryListDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#entries.length
  }

  get first(): Entry | undefined {
    return this.#entries[0]
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.#entries[Symbol.iterator]()
  }

  has(entry: Entry): boolean {
    return this.#entries.includes(entry)
  }

  find(test: (entry: Entry) => boolean): Entry | undefined {
    return this.#entries.find(test)
  }

  filter(test: (entry: Entry) => boolean): Entry[] {
    return this.#entries.filter(test)
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#count(entry.bytes)
  }

  /** These are older than all that are here. */
  addOlder(entries: readonly Entry[]): void {
    this.#entries = [...entries, ...this.#entries]
    this.#count(entries.reduce((sum, { bytes }) => sum + bytes, 0))
  }

  /** Returns whether it was here. */
  remove(entry: Entry): boolean {
    const index = this.#entries.indexOf(entry)
    if (index === -1) return false
    this.#entries.splice(index, 1)
    this.#count(-entry.bytes)
    return true
  }

  /** Empties it. */
  take(): readonly Entry[] {
    const entries = this.#entries
    this.#entries = []
    this.#count(-this.#bytes)
    return entries
  }

  /** Which limit stands against one message more, if any. */
  limit(bytes: number): string | undefined {
    return limitReached(this.#deps.limits, { messages: this.#entries.length, bytes: this.#bytes + bytes })
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#deps.watermark.note(this.#entries.length, this.#bytes)
  }
}
