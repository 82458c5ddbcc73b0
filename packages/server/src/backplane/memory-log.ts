import type { Cursor } from '@statewire/core/protocol'
import type { History, Publication, Retention } from './backplane.ts'

interface Entry {
  readonly publication: Publication
  readonly at: number
}

/** One topic's log: a bounded tail of publications, and the offset of the last one ever. */
export class MemoryLog {
  readonly epoch: string
  #offset = 0
  #entries: Entry[] = []
  // Entries before this index are trimmed; the array is compacted when half of it is.
  #first = 0
  #retention: Retention = { messages: Infinity, ttlMs: Infinity }

  constructor(epoch: string) {
    this.epoch = epoch
  }

  get top(): Cursor {
    return { epoch: this.epoch, offset: this.#offset }
  }

  /** Messages that are kept. */
  get size(): number {
    return this.#entries.length - this.#first
  }

  append(payload: string, now: number): Publication {
    const publication: Publication = { offset: ++this.#offset, payload }
    this.#entries.push({ publication, at: now })
    return publication
  }

  /** Without a retention, by the one that was given last. */
  trim(now: number, retention: Retention = this.#retention): void {
    this.#retention = retention
    const { messages, ttlMs } = retention
    const fewest = Math.max(this.#first, this.#entries.length - messages)
    this.#first = fewest
    while (this.#first < this.#entries.length && this.#entries[this.#first]!.at <= now - ttlMs) this.#first++
    if (this.#first <= this.#entries.length / 2) return
    this.#entries = this.#entries.slice(this.#first)
    this.#first = 0
  }

  /** What follows the cursor; undefined when it is of another log, beyond the end, or older than the tail. */
  since(cursor: Cursor | undefined): History {
    const { top } = this
    if (cursor === undefined) return { top, publications: [] }
    const missing = top.offset - cursor.offset
    if (cursor.epoch !== this.epoch || missing < 0 || missing > this.size) return { top, publications: undefined }
    const publications = missing === 0 ? [] : this.#entries.slice(-missing).map((entry) => entry.publication)
    return { top, publications }
  }
}
