import { assertFunction, assertLimit, assertName, invalidOption } from '../../lib/assert.ts'
import { own } from '../../lib/own.ts'
import { sealPart } from './raw.ts'
import type { RuleTraits } from '../wire.ts'
import { builtIn, change } from './built-in.ts'
import { keyOf, RecordDraft } from './records.ts'
import { RowChanges } from './row-changes.ts'

export type ItemKey = string | number | bigint

export interface UpsertOptions<By> {
  /** What tells items apart: a property of theirs, or a function. */
  by: By
  /** Most items kept: beyond it those go whose last update is longest ago. @default Infinity */
  limit?: number
  /**
   * Changes the record that is in the store instead of replacing it, in stores that notice (Pinia, Vuex 4 without strict mode): for thousands of items, of
   * which a flush brings few. Only what looks at a changed item runs again; whoever watches the record itself watches it deeply.
   * Not together with `limit`.
   *
   * @default false
   */
  inPlace?: boolean
}

/** Made by `upsert` with a function. */
export type UpsertRule<Key extends string, Item> = RuleTraits &
  ((
    state: { readonly [P in Key]: unknown },
    messages: readonly (Item | readonly Item[])[],
  ) => { [P in Key]: Readonly<Record<string, Item>> })

/** Made by `upsert` with a property name. */
export type UpsertByRule<Key extends string, By extends string> = RuleTraits &
  (<Data extends Keyed<By> | readonly Keyed<By>[]>(
    state: { readonly [P in Key]: unknown },
    messages: readonly Data[],
  ) => { [P in Key]: Readonly<Record<string, Data extends readonly (infer Item)[] ? Item : Data>> })

export type Keyed<By extends string> = { readonly [P in By]: ItemKey }

/**
 * Keeps items by their key under a state key; data is an item or an array of items, and an item replaces the one with its key.
 * The record is replaced, never changed (but see `inPlace`); it and its items are raw, plain objects shallow-frozen as well.
 *
 * @throws {StatewireError} `INVALID_OPTION` when `by` is neither a name nor a function, the limit is no whole number of at least 1,
 * or `inPlace` is not true or false, or stands beside a limit.
 * @example
 * wire: { ticker: upsert('rows', { by: 'symbol', limit: 500 }) }
 */
export function upsert<const Key extends string, const By extends string>(
  key: Key,
  options: UpsertOptions<By>,
): UpsertByRule<Key, By>
export function upsert<const Key extends string, Item>(
  key: Key,
  options: UpsertOptions<(item: Item) => ItemKey>,
): UpsertRule<Key, Item>
export function upsert(
  key: string,
  { by, limit = Infinity, inPlace = false }: UpsertOptions<string | ((item: never) => ItemKey)>,
): UpsertRule<string, unknown> & UpsertByRule<string, string> {
  assertName('upsert.key', key)
  if (typeof by === 'string') assertName('upsert.by', by)
  else assertFunction('upsert.by', by)
  assertLimit('upsert.limit', limit)
  if (typeof inPlace !== 'boolean') throw invalidOption('upsert.inPlace', 'true or false', inPlace)
  if (inPlace && limit !== Infinity) throw invalidOption('upsert.inPlace', 'no limit beside it', limit)

  return builtIn(
    (state, messages, scratch, mayChange) => {
      // Looked at first: `flat` copies, and most servers send one item a message.
      const items: readonly unknown[] = messages.some(Array.isArray) ? messages.flat() : messages
      // All keys first: a bad item must not leave half of the others in a record that is changed in place.
      const keys = items.map((item) => keyOf(item, by))
      // `__proto__` is an item like any other, but no name to assign to.
      if (inPlace && mayChange && !keys.includes('__proto__')) {
        const changes = RowChanges.of(own(state, key))
        for (let i = 0; i < items.length; i++) changes.set(keys[i]!, sealPart(items[i]))
        return items.length === 0 ? {} : change(key, changes)
      }
      const draft = new RecordDraft(own(state, key), scratch)
      for (let i = 0; i < items.length; i++) {
        draft.set(keys[i]!, sealPart(items[i]))
        if (limit !== Infinity) draft.touch(keys[i]!, limit)
      }
      const record = draft.finish()
      return record === undefined ? {} : change(key, record)
    },
    { keys: [key] },
  )
}
