import type { Clock } from '../env/clock.ts'
import type { BoxWriter } from './box-writer.ts'
import { keptOf, type Entry } from './entry.ts'

export interface EntryKeeperDeps {
  readonly clock: Clock
  /** Undefined where, or while, nothing is kept. */
  readonly writer: (() => BoxWriter | undefined) | undefined
  /** An entry that had to wait may leave now. */
  readonly ready: () => void
}

/** Keeps entries where they outlive the page, and has them wait for it. */
export class EntryKeeper {
  readonly #deps: EntryKeeperDeps
  #nextSeq = 1

  constructor(deps: EntryKeeperDeps) {
    this.#deps = deps
  }

  get active(): boolean {
    return this.#deps.writer?.() !== undefined
  }

  /** These are kept already. */
  begin(restored: readonly Entry[]): void {
    this.#nextSeq = 1 + Math.max(0, ...restored.map(({ seq = 0 }) => seq))
  }

  /** Keeps an entry as it is now. */
  keep(entry: Entry): void {
    const writer = this.#deps.writer?.()
    // Once the page is gone nobody waits for a reply.
    if (!writer || entry.frame === undefined || entry.posting.onNumber) return
    entry.seq ??= this.#nextSeq++
    const kept = keptOf(entry, this.#deps.clock)
    if (kept) writer.put(kept, this.#waiting(entry))
  }

  /** It is settled. With `wait` it may not leave before that is written. */
  forget(entry: Entry, { wait = false }: { readonly wait?: boolean } = {}): void {
    if (entry.seq === undefined) return
    this.#deps.writer?.()?.remove(entry.seq, wait ? this.#waiting(entry) : undefined)
    entry.seq = undefined
  }

  #waiting(entry: Entry): () => void {
    entry.unwritten++
    return () => {
      if (--entry.unwritten === 0) this.#deps.ready()
    }
  }
}
