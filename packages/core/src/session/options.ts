import { assertFunction, assertGroup, invalidOption } from '../lib/assert.ts'
import type { OutboxStorage } from './storage.ts'

export interface SessionOptions {
  /**
   * Never be content with a plain server: a link without a session counts as failed. Without it, a server that announces no
   * sessions is served like any other, and nothing is acknowledged.
   * @default false
   */
  readonly required?: boolean
  /**
   * Keeps what is not acknowledged where it outlives the page: `indexedDbStorage()` of `@statewire/indexeddb`. Messages are kept
   * for the user that `client.signIn` names, and for nobody before. A storage that fails or takes longer than a second is done
   * without, and told once as `STORAGE`.
   * @default none: the outbox ends with the page
   */
  readonly storage?: OutboxStorage
  /**
   * When a user signs out: keep what is unsent until the same user signs in again, instead of deleting it. Only with `storage`.
   * @default false
   */
  readonly park?: boolean
}

/** Options of a session after validation. */
export interface ResolvedSession {
  readonly required: boolean
  readonly storage: OutboxStorage | undefined
  readonly park: boolean
}

const METHODS = ['adopt', 'create', 'clear'] as const satisfies readonly (keyof OutboxStorage)[]

/** @throws {StatewireError} `INVALID_OPTION`. */
export function resolveSession(options: SessionOptions): ResolvedSession {
  assertGroup('session', options, ['required', 'storage', 'park'])
  const { required = false, storage, park = false } = options
  if (typeof required !== 'boolean') throw invalidOption('session.required', 'true or false', required)
  if (typeof park !== 'boolean') throw invalidOption('session.park', 'true or false', park)
  if (storage !== undefined) {
    const parts = Object(storage) as Readonly<Record<string, unknown>>
    for (const method of METHODS) assertFunction(`session.storage.${method}`, parts[method])
  }
  return Object.freeze({ required, storage, park })
}
