import { assertName } from '../../lib/assert.ts'
import { own } from '../../lib/own.ts'
import { sealRaw } from './raw.ts'
import type { RuleTraits } from '../wire.ts'
import { builtIn, change } from './built-in.ts'

export interface LatestOptions {
  /** A store that is created later gets the last message that came before it, in its first flush. @default false */
  replay?: boolean
}

/** Made by `latest`. */
export type LatestRule<Key extends string> = RuleTraits &
  (<Data>(state: { readonly [P in Key]: unknown }, messages: readonly Data[]) => { [P in Key]: Data })

/**
 * Keeps the data of the type's last message under a state key.
 * What it writes is raw; plain objects are shallow-frozen as well.
 *
 * @throws {StatewireError} `INVALID_OPTION` when the key is not a name.
 * @example
 * wire: { ticker: latest('last') }
 */
export function latest<const Key extends string>(key: Key, { replay = false }: LatestOptions = {}): LatestRule<Key> {
  assertName('latest.key', key)
  return builtIn<LatestRule<Key>>(
    (state, messages) => {
      const data = messages[messages.length - 1]
      if (messages.length === 0 || Object.is(data, own(state, key))) return {}
      return change(key, sealRaw(data))
    },
    { keys: [key], lastOnly: true, replay: replay === true },
  )
}
