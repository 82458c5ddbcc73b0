import { assertFunction, assertLimit, assertName } from '../../lib/assert.ts'
import { own } from '../../lib/own.ts'
import { sealPart } from './raw.ts'
import type { RuleTraits } from '../wire.ts'
import { builtIn, change } from './built-in.ts'
import { keyOf, RecordDraft } from './records.ts'

export type ItemKey = string | number | bigint

export interface UpsertOptions<By> {
  /** What tells items apart: a property of theirs, or a function. */
  by: By
  /** Most items kept: beyond it those go whose last update is longest ago. @default Infinity */
  limit?: number
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
 * The record is replaced, never changed; it and its items are raw, plain objects shallow-frozen as well.
 *
 * @throws {StatewireError} `INVALID_OPTION` when `by` is neither a name nor a function, or the limit is no whole number of at least 1.
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
  { by, limit = Infinity }: UpsertOptions<string | ((item: never) => ItemKey)>,
): UpsertRule<string, unknown> & UpsertByRule<string, string> {
  assertName('upsert.key', key)
  if (typeof by === 'string') assertName('upsert.by', by)
  else assertFunction('upsert.by', by)
  assertLimit('upsert.limit', limit)

  return builtIn(
    (state, messages, scratch) => {
      // Looked at first: `flat` copies, and most servers send one item a message.
      const items: readonly unknown[] = messages.some(Array.isArray) ? messages.flat() : messages
      // All keys first: a bad item must not leave half of the others in a record that is changed in place.
      const keys = items.map((item) => keyOf(item, by))
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
