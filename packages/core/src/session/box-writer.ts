import type { Clock } from '../env/clock.ts'
import type { BoxIdentity, KeptMessage, OutboxBox } from './storage.ts'

/** Longest wait for the storage, in milliseconds; then the outbox goes on without it. */
export const STORAGE_MS = 1_000

export interface BoxWriterDeps {
  readonly box: OutboxBox
  readonly clock: Clock
  readonly identity: () => BoxIdentity
  readonly failed: (problem: string, cause?: unknown) => void
}

/** Changes that are written in one step. */
interface Batch {
  readonly put: Map<number, KeptMessage>
  readonly removed: Set<number>
  readonly done: (() => void)[]
  /** Somebody asked for it: what is left of a failed batch waits for the next one. */
  wanted: boolean
  cancel: (() => void) | undefined
}

/** Writes the changes of a box: one batch at a time, which takes in all that comes while the one before is written. */
export class BoxWriter {
  readonly #deps: BoxWriterDeps
  #queued: Batch = newBatch()
  #writing: Batch | undefined
  /** A write did not end in time: until one ends, nobody waits. */
  #slow = false
  /** `seq` of what the box holds, as far as writes have ended. */
  readonly #stored: Set<number>
  #ended = false

  constructor(deps: BoxWriterDeps) {
    this.#deps = deps
    this.#stored = new Set(deps.box.content?.messages.map(({ seq }) => seq))
  }

  /** Keeps a message. Calls `done` when it is kept, could not be, or took too long: at most a second later. */
  put(message: KeptMessage, done: () => void): void {
    this.#queued.put.set(message.seq, message)
    this.#queued.removed.delete(message.seq)
    this.#await(done)
  }

  /** Forgets a message; `done` as with `put`. */
  remove(seq: number, done?: () => void): void {
    this.#queued.put.delete(seq)
    const isKept = this.#stored.has(seq) || this.#writing?.put.has(seq)
    if (isKept) this.#queued.removed.add(seq)
    if (done) this.#await(done)
    else if (isKept) this.#soon()
  }

  /** Keeps who the client is to the server; `done` as with `put`. */
  identify(done: () => void): void {
    this.#await(done)
  }

  /** Starts to write what waits, and takes nothing more. Nobody is called back. */
  end({ keep }: { readonly keep: boolean }): void {
    if (this.#ended) return
    this.#ended = true
    this.#queued.cancel?.()
    this.#writing?.cancel?.()
    if (keep && this.#queued.wanted) this.#write(this.#queued).catch(() => {})
  }

  #await(done: () => void): void {
    this.#soon()
    if (this.#slow) return queueMicrotask(done)
    const batch = this.#queued
    batch.done.push(done)
    batch.cancel ??= this.#deps.clock.schedule(STORAGE_MS, () => {
      this.#slow = true
      this.#deps.failed(`did not keep a message within ${STORAGE_MS} ms`)
      settle(batch)
    })
  }

  #soon(): void {
    if (this.#queued.wanted) return
    this.#queued.wanted = true
    // One step for all that is sent in this task.
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    if (this.#ended || this.#writing || !this.#queued.wanted) return
    const batch = this.#queued
    this.#writing = batch
    this.#queued = newBatch()
    this.#write(batch).then(
      () => {
        this.#slow = false
        for (const seq of batch.put.keys()) this.#stored.add(seq)
        for (const seq of batch.removed) this.#stored.delete(seq)
        this.#written(batch)
      },
      (cause: unknown) => {
        if (this.#ended) return
        this.#deps.failed('could not keep a message', cause)
        this.#undo(batch)
        this.#written(batch)
      },
    )
  }

  #write({ put, removed }: Batch): Promise<void> {
    return this.#deps.box.write({ identity: this.#deps.identity(), put: [...put.values()], removed: [...removed] })
  }

  #written(batch: Batch): void {
    if (this.#ended) return
    this.#writing = undefined
    settle(batch)
    this.#flush()
  }

  /** What the box holds of these messages is outdated now, and must not be sent by whoever adopts it. */
  #undo({ put, removed }: Batch): void {
    for (const seq of [...put.keys(), ...removed]) {
      if (!this.#stored.has(seq)) this.#queued.removed.delete(seq)
      else if (!this.#queued.put.has(seq)) this.#queued.removed.add(seq)
    }
  }
}

function newBatch(): Batch {
  return { put: new Map(), removed: new Set(), done: [], wanted: false, cancel: undefined }
}

function settle(batch: Batch): void {
  batch.cancel?.()
  for (const done of batch.done.splice(0)) done()
}
