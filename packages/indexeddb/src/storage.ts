import type { BoxContent, OutboxBox, OutboxStorage } from '@statewire/core/session'
import { IndexedDbBox, lockOf } from './box.ts'
import { Database, messagesOf, type BoxRecord, type MessageRecord } from './database.ts'
import { takeLock, type Release } from './locks.ts'

export interface IndexedDbOptions {
  /** Name of the database, and beginning of the names of the locks. @default 'statewire' */
  readonly name?: string
}

/**
 * Returns what option `storage` of `session()` takes: messages that are not acknowledged are kept in IndexedDB, and a Web Lock
 * for each outbox says which page sends them. Opens nothing before a user signs in.
 *
 * @throws {TypeError} when `name` is no string, or empty.
 * @example
 * const client = createClient({ url, auth, session: session({ storage: indexedDbStorage() }) })
 * client.signIn(user.id) // what this user's last page left unsent goes out first
 */
export function indexedDbStorage({ name = 'statewire' }: IndexedDbOptions = {}): OutboxStorage {
  if (typeof name !== 'string' || name === '') throw new TypeError('Option "name" must be a string that is not empty.')
  return new IndexedDbStorage(new Database(name))
}

class IndexedDbStorage implements OutboxStorage {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async adopt(owner: string): Promise<OutboxBox | undefined> {
    const database = await this.#database.open()
    const records = await database.getAll('boxes')
    for (const { id, ...found } of records.sort((a, b) => a.madeAt - b.madeAt)) {
      // Those of others are none of our business, unless nobody will ever want them again.
      if (found.owner !== owner && found.expiresAt > Date.now()) continue
      const release = await this.#lock(id)
      if (!release) continue
      let box: OutboxBox | undefined
      try {
        box = await this.#take(id, owner, release)
      } finally {
        if (!box) release()
      }
      if (box) return box
    }
    return undefined
  }

  async create(owner: string): Promise<OutboxBox> {
    // So that what cannot be kept is told now, and not with the first message.
    await this.#database.open()
    const id = crypto.randomUUID()
    const release = await this.#lock(id)
    if (!release) throw new Error('Somebody else has a lock of this name.')
    const record = { id, owner, holder: crypto.randomUUID(), madeAt: Date.now(), expiresAt: 0, cid: '' }
    return new IndexedDbBox({ database: this.#database, record, content: undefined, release })
  }

  async clear(owner: string): Promise<void> {
    const database = await this.#database.open()
    for (const record of await database.getAll('boxes')) {
      if (record.owner !== owner) continue
      const release = await this.#lock(record.id)
      if (!release) continue
      try {
        await this.#delete(record.id)
      } finally {
        release()
      }
    }
  }

  #lock(id: string): Promise<Release | undefined> {
    return takeLock(lockOf(this.#database.name, id))
  }

  /** Reads a box that is locked, and marks it as this page's; deletes one that is empty or of no use any more. */
  async #take(id: string, owner: string, release: Release): Promise<OutboxBox | undefined> {
    const transaction = await this.#database.transaction()
    const boxes = transaction.objectStore('boxes')
    const found = await boxes.get(id)
    const messages = await transaction.objectStore('messages').getAll(messagesOf(id))
    if (!found) return undefined
    if (found.owner !== owner || messages.length === 0) {
      await transaction.done
      await this.#delete(id)
      return undefined
    }
    const record: BoxRecord = { ...found, holder: crypto.randomUUID() }
    await boxes.put(record)
    await transaction.done
    return new IndexedDbBox({ database: this.#database, record, content: contentOf(record, messages), release })
  }

  async #delete(id: string): Promise<void> {
    const transaction = await this.#database.transaction()
    await Promise.all([
      transaction.objectStore('boxes').delete(id),
      transaction.objectStore('messages').delete(messagesOf(id)),
      transaction.done,
    ])
  }
}

function contentOf({ cid, sid }: BoxRecord, messages: readonly MessageRecord[]): BoxContent {
  return { identity: sid === undefined ? { cid } : { cid, sid }, messages }
}
