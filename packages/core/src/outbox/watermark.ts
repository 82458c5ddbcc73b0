import type { OutboxLimits } from './outbox.ts'

/** What an outbox holds. */
export interface Held {
  readonly messages: number
  readonly bytes: number
}

/** The share of a limit at which senders are told to hold back, and the one at which they may go on. */
const HIGH = 0.75
const LOW = 0.25

/** Tells when an outbox fills up and when it has emptied again; each once, in turn. */
export class Watermark {
  readonly #limits: OutboxLimits
  readonly #tell: (event: 'highWater' | 'drain', held: Held) => void
  #high = false

  constructor(limits: OutboxLimits, tell: (event: 'highWater' | 'drain', held: Held) => void) {
    this.#limits = limits
    this.#tell = tell
  }

  note(messages: number, bytes: number): void {
    const { capacity, maxBytes } = this.#limits
    const share = Math.max(messages / capacity, bytes / maxBytes)
    if (this.#high ? share > LOW : share < HIGH) return
    this.#high = !this.#high
    this.#tell(this.#high ? 'highWater' : 'drain', { messages, bytes })
  }
}
