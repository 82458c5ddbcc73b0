import { assertFunction, assertName } from '../../lib/assert.ts'
import { own } from '../../lib/own.ts'
import type { RuleTraits } from '../wire.ts'
import { builtIn, change } from './built-in.ts'
import { isKey, keyOf, nameOf, RecordDraft } from './records.ts'
import type { ItemKey, Keyed } from './upsert.ts'

/** Made by `remove`: takes keys, items, and arrays of those. */
export type RemoveRule<Key extends string, Item> = RuleTraits &
  (<State extends { readonly [P in Key]: Readonly<Record<string, unknown>> }>(
    state: State,
    messages: readonly (ItemKey | Item | readonly (ItemKey | Item)[])[],
  ) => Pick<State, Key>)

/**
 * Removes items from a record that `upsert` keeps; data is a key, an item (with `by`), or an array of those.
 * Keys that are not there change nothing.
 *
 * @throws {StatewireError} `INVALID_OPTION` when `by` is neither a name nor a function.
 * @example
 * wire: { ticker: upsert('rows', { by: 'symbol' }), delisted: remove('rows', { by: 'symbol' }) }
 */
export function remove<const Key extends string>(key: Key): RemoveRule<Key, never>
export function remove<const Key extends string, const By extends string>(
  key: Key,
  options: { by: By },
): RemoveRule<Key, Keyed<By>>
export function remove<const Key extends string, Item>(
  key: Key,
  options: { by: (item: Item) => ItemKey },
): RemoveRule<Key, Item>
export function remove(
  key: string,
  { by }: { by?: string | ((item: never) => ItemKey) } = {},
): RemoveRule<string, unknown> {
  assertName('remove.key', key)
  if (typeof by === 'string') assertName('remove.by', by)
  else if (by !== undefined) assertFunction('remove.by', by)

  return builtIn(
    (state, messages, scratch) => {
      // All keys first, as in `upsert`.
      const keys = messages.flat().map((data) => (isKey(data) ? nameOf(data) : keyOf(data, by)))
      const draft = new RecordDraft(own(state, key), scratch)
      for (const itemKey of keys) draft.delete(itemKey)
      const record = draft.finish()
      return record === undefined ? {} : change(key, record)
    },
    { keys: [key] },
  )
}
