import type { BoxChange, BoxContent, OutboxBox } from '@statewire/core/session'
import { messagesOf, type BoxRecord, type Database } from './database.ts'
import { takeLock, type Release } from './locks.ts'

/** Name of the lock of a box. */
export const lockOf = (database: string, id: string): string => `${database}:${id}`

export interface BoxDeps {
  readonly database: Database
  readonly record: BoxRecord
  readonly content: BoxContent | undefined
  readonly release: Release
}

/** A box, its lock, and whether they are still this page's. */
export class IndexedDbBox implements OutboxBox {
  readonly content: BoxContent | undefined
  readonly #database: Database
  #record: BoxRecord
  #kept: boolean
  #release: Release | undefined
  #done = false
  readonly #onPageHide = (event: Event): void => {
    // A page that holds a lock may be refused by the back/forward cache, and nobody else could send its messages meanwhile.
    if ((event as PageTransitionEvent).persisted) this.#unlock()
  }

  constructor({ database, record, content, release }: BoxDeps) {
    this.content = content
    this.#database = database
    this.#record = record
    this.#kept = content !== undefined
    this.#release = release
    pageEvents()?.addEventListener('pagehide', this.#onPageHide)
  }

  async write({ identity, put, removed }: BoxChange): Promise<void> {
    const transaction = await this.#database.transaction()
    // Where it is aborted here, the cause is told instead.
    transaction.done.catch(() => {})
    const boxes = transaction.objectStore('boxes')
    const messages = transaction.objectStore('messages')
    if (!this.#isOwn(await boxes.get(this.#record.id))) {
      transaction.abort()
      throw new Error('Another page has taken the messages over, or somebody has deleted them.')
    }
    const { id, owner, holder, madeAt } = this.#record
    const expiresAt = Math.max(this.#record.expiresAt, ...put.map((message) => message.expiresAt))
    const record = { id, owner, holder, madeAt, expiresAt, ...identity }
    const untold = (request: Promise<unknown>): void => void request.catch(() => {})
    try {
      untold(boxes.put(record))
      for (const message of put) untold(messages.put({ ...message, box: id }))
      for (const seq of removed) untold(messages.delete([id, seq]))
    } catch (cause) {
      // What cannot be cloned is refused at once, and the rest would be kept.
      transaction.abort()
      throw cause
    }
    await transaction.done
    this.#record = record
    this.#kept = true
  }

  async hold(): Promise<boolean> {
    if (this.#done) return false
    if (this.#release) return true
    const { id } = this.#record
    const release = await takeLock(lockOf(this.#database.name, id))
    if (!release) return false
    try {
      const database = await this.#database.open()
      const isOwn = this.#isOwn(await database.get('boxes', id))
      if (isOwn && !this.#done) this.#release = release
    } finally {
      if (!this.#release) release()
    }
    return this.#release !== undefined
  }

  release(): void {
    this.#done = true
    pageEvents()?.removeEventListener('pagehide', this.#onPageHide)
    this.#unlock()
  }

  async delete(): Promise<void> {
    try {
      const transaction = await this.#database.transaction()
      const { id } = this.#record
      const boxes = transaction.objectStore('boxes')
      if (this.#isOwn(await boxes.get(id))) {
        await Promise.all([boxes.delete(id), transaction.objectStore('messages').delete(messagesOf(id))])
      }
      await transaction.done
    } finally {
      this.release()
    }
  }

  #unlock(): void {
    this.#release?.()
    this.#release = undefined
  }

  #isOwn(stored: BoxRecord | undefined): boolean {
    return stored ? stored.holder === this.#record.holder : !this.#kept
  }
}

/** The page, where there is one: a worker is not put aside. */
function pageEvents(): EventTarget | undefined {
  return typeof window === 'undefined' ? undefined : window
}
