import type { Envelope } from '../protocol/envelope.ts'
import type { CompiledEntry } from './compile-wire.ts'

const FIELDS = 3

/** Messages that wait, oldest first, each with where it lands and its size. One flat array: a message costs no allocation. */
export class Queue {
  #fields: (Envelope | CompiledEntry | number)[]

  constructor(fields: (Envelope | CompiledEntry | number)[] = []) {
    this.#fields = fields
  }

  get length(): number {
    return this.#fields.length / FIELDS
  }

  push(message: Envelope, entry: CompiledEntry, bytes: number): void {
    this.#fields.push(message, entry, bytes)
  }

  replace(index: number, message: Envelope, entry: CompiledEntry, bytes: number): void {
    const at = index * FIELDS
    this.#fields[at] = message
    this.#fields[at + 1] = entry
    this.#fields[at + 2] = bytes
  }

  messageAt(index: number): Envelope {
    return this.#fields[index * FIELDS] as Envelope
  }

  entryAt(index: number): CompiledEntry {
    return this.#fields[index * FIELDS + 1] as CompiledEntry
  }

  bytesAt(index: number): number {
    return this.#fields[index * FIELDS + 2] as number
  }

  /** Takes the oldest ones out. */
  take(count: number): Queue {
    return new Queue(this.#fields.splice(0, count * FIELDS))
  }
}
