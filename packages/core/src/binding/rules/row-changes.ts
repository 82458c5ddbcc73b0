import { isObject, toRaw } from './raw.ts'
import { put } from './built-in.ts'

type Items = Record<string, unknown>

// Only records that were made here are changed: initial values and what the application put there stay as they are.
const ours = new WeakSet<object>()

/** Items on their way into a record that stays in its store: what `upsert` gives for its key with `inPlace`. */
export class RowChanges {
  readonly #base: Items
  readonly #rows = new Map<string, unknown>()
  #shown: Readonly<Items> | undefined

  /** @param current The record, or changes of it that this flush has brought already. */
  static of(current: unknown): RowChanges {
    return current instanceof RowChanges ? current : new RowChanges(current)
  }

  private constructor(current: unknown) {
    const raw = toRaw(current)
    this.#base = isObject(raw) ? raw : {}
  }

  set(key: string, item: unknown): void {
    this.#rows.set(key, item)
    this.#shown = undefined
  }

  /** The record with the changes in it, for whoever only looks. */
  get shown(): Readonly<Items> {
    return (this.#shown ??= Object.freeze(this.#whole()))
  }

  /** Changes the record where it is; replaces it by one of ours when it is not, or when Vue would not notice. */
  land(holder: Items, key: string): void {
    const record = holder[key]
    if (!isObject(record) || record['__v_raw'] !== this.#base || !ours.has(this.#base)) {
      const whole = this.#whole()
      ours.add(whole)
      holder[key] = whole
      return
    }
    const failures: unknown[] = []
    for (const [name, item] of this.#rows) {
      // An effect that runs at once may throw: then the other rows are written all the same.
      try {
        record[name] = item
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  #whole(): Items {
    const record = { ...this.#base }
    for (const [key, item] of this.#rows) put(record, key, item)
    return record
  }
}

/** Puts a changed value into its place. For adapters that ask for changes in place. */
export function land(holder: Record<string, unknown>, key: string, value: unknown): void {
  if (value instanceof RowChanges) value.land(holder, key)
  else holder[key] = value
}

/** What stands for changes where somebody wants to see the record. */
export function settled(value: unknown): unknown {
  return value instanceof RowChanges ? value.shown : value
}
