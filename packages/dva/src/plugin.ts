import { StatewireError, type AnyClient } from '@statewire/core'
import { connectionReducer, flatten, isSame, type FlatConnectionState } from './connection.ts'
import type { Action, Middleware, MiddlewareStore, Reducer } from './types.ts'
import { weakly } from './weakly.ts'

/** One client, or several of different names. */
export type ClientsOption = AnyClient | readonly AnyClient[]

/** A dva plugin, for `app.use()` and for `plugins` of umi's runtime configuration. */
export interface DvaStatewire {
  extraReducers: Record<string, Reducer>
  onAction: Middleware[]
}

/**
 * Puts the connection into the application's state, as `state.connection`, and takes the actions `connection/connect`,
 * `connection/disconnect`, `connection/retryNow` and `connection/send` (payload `{ type, data }`). Dispatching `connect`,
 * `disconnect` and `send` returns the client's promise. It follows the client for as long as the
 * application's store is used, or until `client.dispose()`.
 *
 * @param clients One client, or an array. Of several, the one called `default` is `connection`, others are `connection:name`.
 * @throws {StatewireError} `INVALID_OPTION` when there is no client, or two go by one name.
 *
 * @example
 * app.use(dvaStatewire(client))
 */
export function dvaStatewire(clients: ClientsOption): DvaStatewire {
  const byKey = keyed(clients)
  return {
    extraReducers: Object.fromEntries(
      [...byKey].map(([key, client]) => [key, connectionReducer(`${key}/changed`, () => flatten(client))]),
    ),
    onAction: [...byKey].map(([key, client]) => connectionMiddleware(key, client)),
  }
}

function keyed(option: ClientsOption): ReadonlyMap<string, AnyClient> {
  const clients = [option].flat() as readonly AnyClient[]
  const keyOf = ({ name }: AnyClient): string =>
    clients.length === 1 || name === 'default' ? 'connection' : `connection:${name}`
  const isClients = clients.length > 0 && clients.every((client) => typeof client?.bind === 'function')
  const byKey = new Map(isClients ? clients.map((client) => [keyOf(client), client]) : [])
  if (isClients && byKey.size === clients.length) return byKey
  const expected = 'a client of createClient(), or an array of clients of different names'
  throw new StatewireError('INVALID_OPTION', { option: 'clients', expected, received: option })
}

function connectionMiddleware(key: string, client: AnyClient): Middleware {
  return (store) => {
    const link = new StoreLink(key, client, store)
    follow(client, link)
    // `initialState` of dva and a restored state come in before any change of the client.
    void Promise.resolve().then(() => link.show())
    return (next) => (action: Action) => link.take(action, next(action))
  }
}

/** Keeps a store's connection state up to date for as long as the store is used: the store's middleware holds the link. */
function follow(client: AnyClient, link: StoreLink): void {
  const ends: (() => void)[] = []
  const held = weakly(link, () => ends.forEach((end) => end()))
  const show = (): void => held()?.show()
  ends.push(client.on('state', show), client.on('quality', show))
}

/** One client in one store. */
class StoreLink {
  readonly #key: string
  readonly #client: AnyClient
  readonly #store: MiddlewareStore

  constructor(key: string, client: AnyClient, store: MiddlewareStore) {
    this.#key = key
    this.#client = client
    this.#store = store
  }

  show(): void {
    const shown = this.#store.getState()?.[this.#key] as FlatConnectionState | undefined
    const now = flatten(this.#client)
    // A change of state often is one of quality as well: told once.
    if (!shown || !isSame(shown, now)) this.#store.dispatch({ type: `${this.#key}/changed`, payload: now })
  }

  /** @param result what the rest of the store made of the action */
  take(action: Action, result: unknown): unknown {
    switch (action.type) {
      case `${this.#key}/connect`:
        return this.#client.connect()
      case `${this.#key}/disconnect`:
        return this.#client.disconnect()
      case `${this.#key}/retryNow`:
        return this.#client.retryNow()
      case `${this.#key}/send`:
        return send(this.#client, action)
      default:
        return result
    }
  }
}

function send(client: AnyClient, { type, payload }: Action): Promise<void> {
  const message = payload as { readonly type?: unknown; readonly data?: unknown } | undefined
  if (typeof message?.type === 'string') return client.send(message.type, message.data)
  const option = `payload of "${type}"`
  throw new StatewireError('INVALID_OPTION', { option, expected: '{ type, data }', received: payload })
}
