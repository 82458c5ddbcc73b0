import { has, own } from '../../lib/own.ts'
import { isObject, sealRaw, toRaw } from './raw.ts'
import { put, type Scratch } from './built-in.ts'
import { copyRecord, keyListOf, type KeyList } from './record-copy.ts'
import { settled } from './row-changes.ts'
import type { ItemKey } from './upsert.ts'

type Items = Record<string, unknown>

// Beside the records and not in them: an object lists integer-like keys first, so its own order cannot tell what is recent,
// and state stays plain data. A record from elsewhere (initial, restored) starts with its keys in the order it lists them.
const recencies = new WeakMap<object, Set<string>>()

/**
 * One rule call's view of a record of items: copied at the first change, or changed in place when this batch made it.
 * Keys are own properties only, whatever their name.
 */
export class RecordDraft {
  readonly #scratch: Scratch | undefined
  #items: Items
  #recency: Set<string> | undefined
  #keys: KeyList | undefined
  #owned: boolean

  constructor(current: unknown, scratch: Scratch | undefined) {
    const raw = toRaw(settled(current))
    this.#items = isObject(raw) ? raw : {}
    this.#recency = recencies.get(this.#items)
    this.#scratch = scratch
    this.#owned = scratch?.has(this.#items) === true
    if (this.#owned) this.#keys = keyListOf(this.#items)
  }

  set(key: string, item: unknown): void {
    const known = has(this.#items, key)
    if (known && Object.is(this.#items[key], item)) return
    this.#own()
    if (!known) this.#keys?.add(key)
    put(this.#items, key, item)
    this.#recency?.add(key)
  }

  /** Makes a key the most recent one, then gives up the least recent ones beyond `limit`. */
  touch(key: string, limit: number): void {
    this.#own()
    const recency = (this.#recency ??= new Set(Object.keys(this.#items)))
    recency.delete(key)
    recency.add(key)
    for (const oldest of recency) {
      if (recency.size <= limit) return
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    if (!has(this.#items, key)) return
    this.#own()
    delete this.#items[key]
    this.#keys?.delete(key)
    this.#recency?.delete(key)
  }

  /** Returns the changed record; undefined when nothing changed. */
  finish(): unknown {
    if (!this.#owned) return undefined
    if (this.#recency) recencies.set(this.#items, this.#recency)
    // In a batch others may still write to it: the batch seals it at its end.
    return this.#scratch ? this.#items : sealRaw(this.#items)
  }

  #own(): void {
    if (this.#owned) return
    this.#owned = true
    this.#items = copyRecord(this.#items)
    this.#keys = keyListOf(this.#items)
    this.#scratch?.add(this.#items)
    if (this.#recency) this.#recency = new Set(this.#recency)
  }
}

/**
 * Reads the key of an item; without `by` there is none.
 *
 * @throws {TypeError} when there is none: a key made of `undefined` or an object would merge what does not belong together.
 */
export function keyOf(item: unknown, by: string | ((item: never) => unknown) | undefined): string {
  const key =
    typeof by === 'function' ? by(item as never) : by !== undefined && isObject(item) ? own(item, by) : undefined
  if (isKey(key)) return nameOf(key)
  const where = typeof by === 'string' ? ` under "${by}"` : ''
  throw new TypeError(`The data has no item key${where}: expected a string or a number, found ${kindOf(key)}.`)
}

/**
 * Returns the property name of an item key.
 *
 * @throws {TypeError} for `__v_raw` and its like: with such a key Vue would take the record for one of its proxies.
 */
export function nameOf(key: ItemKey): string {
  const name = String(key)
  if (!name.startsWith('__v_')) return name
  throw new TypeError(`The item key "${name}" cannot be used: Vue reads names that begin with "__v_" as its own.`)
}

export function isKey(value: unknown): value is ItemKey {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}
