import { put } from './built-in.ts'

type Items = Record<PropertyKey, unknown>

// About where V8 makes a hash table of an object: below, a spread is as fast, and what it makes is faster to read.
const LARGE = 128

// A hash table has to be sorted to list its keys in order, which is most of what a spread of a large one costs.
const lists = new WeakMap<object, KeyList>()

/** The keys of one large record in their order. Must hear of every key that the record gains or loses. */
export class KeyList {
  #keys: readonly PropertyKey[]
  readonly #added = new Set<string>()
  readonly #deleted = new Set<PropertyKey>()

  constructor(keys: readonly PropertyKey[]) {
    this.#keys = keys
  }

  add(key: string): void {
    this.#added.add(key)
  }

  delete(key: string): void {
    if (!this.#added.delete(key)) this.#deleted.add(key)
  }

  /** Takes in what changed since the last call, at once: a batch may add and delete a thousand times in between. */
  settled(): readonly PropertyKey[] {
    const deleted = this.#deleted
    if (deleted.size > 0) this.#keys = this.#keys.filter((key) => !deleted.has(key))
    if (this.#added.size > 0) this.#keys = [...this.#keys, ...this.#added]
    deleted.clear()
    this.#added.clear()
    return this.#keys
  }
}

/** Copies a record as a spread does; faster if it is large and itself made here. */
export function copyRecord<Record extends object>(record: Record): Record {
  const keys = lists.get(record)?.settled()
  const copy = keys && keys.length > LARGE ? rebuilt(record, keys) : { ...record }
  // Listed once, then handed on. Of the copy: the record may have getters, and keys that a spread leaves out.
  if ((keys ?? Object.keys(copy)).length > LARGE) lists.set(copy, new KeyList(keys ?? Reflect.ownKeys(copy)))
  return copy
}

/** Returns what has to hear of the keys that a copy gains and loses; undefined for a small one. */
export function keyListOf(record: object): KeyList | undefined {
  return lists.get(record)
}

function rebuilt<Record extends object>(record: Record, keys: readonly PropertyKey[]): Record {
  const from = record as Items
  const copy = emptyTable()
  for (const key of keys) {
    if (key === '__proto__') put(copy, key, from[key])
    else copy[key] = from[key]
  }
  return copy as Record
}

/**
 * V8 makes a hash table of an object that loses a property, unless it is the last one added. Growing a plain `{}` instead
 * goes through a thousand hidden classes first, which takes as long as all the rest of a copy of 2,000 items.
 */
function emptyTable(): Items {
  const table: Items = { first: 0, last: 0 }
  delete table['first']
  delete table['last']
  return table
}
