import type { BoxIdentity, KeptMessage } from '@statewire/core/session'
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'

/** One outbox. */
export interface BoxRecord extends BoxIdentity {
  readonly id: string
  readonly owner: string
  /** Who took it last: a page that comes back from the back/forward cache learns whether it still has it. */
  readonly holder: string
  /** Milliseconds since the epoch. */
  readonly madeAt: number
  /** When the last of its messages expires, in milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface MessageRecord extends KeptMessage {
  readonly box: string
}

export interface Schema extends DBSchema {
  boxes: { key: string; value: BoxRecord }
  messages: { key: [box: string, seq: number]; value: MessageRecord }
}

const VERSION = 1

/** The database, opened at the first use, and again when the browser has closed it. */
export class Database {
  readonly name: string
  #opening: Promise<IDBPDatabase<Schema>> | undefined

  constructor(name: string) {
    this.name = name
  }

  open(): Promise<IDBPDatabase<Schema>> {
    return (this.#opening ??= this.#open())
  }

  /** Both stores, in one transaction. A crash of the page or the browser loses nothing of it; a power cut may. */
  async transaction(): Promise<IDBPTransaction<Schema, ('boxes' | 'messages')[], 'readwrite'>> {
    const database = await this.open()
    return database.transaction(['boxes', 'messages'], 'readwrite', { durability: 'relaxed' })
  }

  async #open(): Promise<IDBPDatabase<Schema>> {
    const forget = (): void => void (this.#opening = undefined)
    try {
      return await openDB<Schema>(this.name, VERSION, {
        upgrade(database) {
          database.createObjectStore('boxes', { keyPath: 'id' })
          database.createObjectStore('messages', { keyPath: ['box', 'seq'] })
        },
        // Somebody deletes it, or a later version of this package wants another shape: it must not wait for this page.
        blocking(_current, _wanted, event) {
          forget()
          ;(event.target as IDBDatabase).close()
        },
        terminated: forget,
      })
    } catch (cause) {
      forget()
      throw cause
    }
  }
}

/** All messages of a box. */
export function messagesOf(box: string): IDBKeyRange {
  return IDBKeyRange.bound([box, -Infinity], [box, Infinity])
}
