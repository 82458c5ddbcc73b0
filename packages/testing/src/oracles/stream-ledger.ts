import type { Violation } from './violation.ts'

/** Where in a topic's log a message stands. */
export interface Place {
  /** Identity of the log. @default '' */
  readonly epoch?: string
  readonly offset: number
}

export type StreamViolation = 'hole' | 'repeated' | 'resynced twice'

/** What one subscriber got: without a hole, or with one word of it before what follows. */
export class StreamLedger {
  readonly #receiver: string
  readonly #problems: Violation<StreamViolation>[] = []
  #last: Required<Place> | undefined
  #resyncs = 0

  constructor(receiver: string) {
    this.#receiver = receiver
  }

  received({ epoch = '', offset }: Place): void {
    const last = this.#last
    this.#last = { epoch, offset }
    const told = this.#resyncs > 0
    this.#resyncs = 0
    // After a resync the log may go on anywhere, also further back (a store that lost its end), or be another one.
    if (told || !last) return
    if (epoch !== last.epoch) this.#note('hole', `went from log ${last.epoch} to ${epoch} without a resync`)
    else if (offset <= last.offset) this.#note('repeated', `got ${offset} after ${last.offset}`)
    else if (offset > last.offset + 1) this.#note('hole', `got ${offset} after ${last.offset} without a resync`)
  }

  resynced(): void {
    this.#resyncs++
    if (this.#resyncs === 2) this.#note('resynced twice', `was told twice of one hole after ${this.#last?.offset ?? 0}`)
  }

  check(): Violation<StreamViolation>[] {
    return [...this.#problems]
  }

  #note(kind: StreamViolation, what: string): void {
    this.#problems.push({ kind, text: `${this.#receiver}: ${what}` })
  }
}
