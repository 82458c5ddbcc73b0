import { StatewireError, type AnyClient } from '@statewire/core'
import { connectionReducer, flatten, isSame } from './connection.ts'
import type { Action, Middleware, Reducer } from './types.ts'

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
 * `disconnect` and `send` returns the client's promise. It follows the client until `client.dispose()`.
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
  return ({ dispatch }) => {
    let told = flatten(client)
    const tell = (): void => {
      const now = flatten(client)
      // A change of state often is one of quality as well: told once.
      if (isSame(told, now)) return
      told = now
      dispatch({ type: `${key}/changed`, payload: now })
    }
    client.on('state', tell)
    client.on('quality', tell)
    return (next) => (action: Action) => {
      const result: unknown = next(action)
      switch (action.type) {
        case `${key}/connect`:
          return client.connect()
        case `${key}/disconnect`:
          return client.disconnect()
        case `${key}/retryNow`:
          return client.retryNow()
        case `${key}/send`:
          return send(client, action)
        default:
          return result
      }
    }
  }
}

function send(client: AnyClient, { type, payload }: Action): Promise<void> {
  const message = payload as { readonly type?: unknown; readonly data?: unknown } | undefined
  if (typeof message?.type === 'string') return client.send(message.type, message.data)
  const option = `payload of "${type}"`
  throw new StatewireError('INVALID_OPTION', { option, expected: '{ type, data }', received: payload })
}
