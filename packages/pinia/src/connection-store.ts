import {
  StatewireError,
  type AnyClient,
  type ConnectionState,
  type ConnectionStatus,
  type Health,
  type Quality,
} from '@statewire/core'
import {
  defineStore,
  type Pinia,
  type PiniaPluginContext,
  type StateTree,
  type Store,
  type StoreDefinition,
} from 'pinia'
import { toRaw } from 'vue'
import { invalidOption } from './invalid-option.ts'
import { endWith } from './lifetime.ts'

/** State of the store `useConnection()`: the connection's own state, flat. */
export interface ConnectionStoreState {
  status: ConnectionStatus
  /** Number of the current attempt, or of the coming one while waiting; 0 when the connection is useful. */
  attempt: number
  /** When the next attempt starts, in milliseconds since the epoch; only while `waiting`. */
  nextRetryAt: number | undefined
  /** Why the connection is not open, or why the last link ended. */
  reason: ConnectionReason | undefined
  /** When this status began, in milliseconds since the epoch. */
  since: number
  /** How long the answer to a ping took, in milliseconds, when `quality` was last judged anew; undefined unless open and pinging. */
  latencyMs: number | undefined
  /** How far live data can be trusted to be live; undefined unless open. */
  quality: Quality | undefined
}

export type ConnectionReason = NonNullable<Extract<ConnectionState, { reason?: unknown }>['reason']>

export interface ConnectionActions {
  /** Resolves when open. @throws {StatewireError} `FAILED` or `CLOSED` (as rejection). */
  connect(): Promise<void>
  disconnect(): Promise<void>
  /** Attempts now instead of later; starts over when the connection has given up. */
  retryNow(): void
}

export type ConnectionStore = Store<string, ConnectionStoreState, {}, ConnectionActions>

const CONNECTION = Symbol('statewire.connection')

// Definitions only, as `defineStore` makes them at the top of any module; state and client belong to a Pinia.
const definitions = new Map<string | undefined, Definition>()
const clients = new WeakMap<object, AnyClient>()

type Definition = StoreDefinition<string, ConnectionStoreState, {}, ConnectionActions>

/**
 * The connection as a store: its state for templates, and `connect()`, `disconnect()`, `retryNow()`. Its id is `connection`, or
 * `connection:name` for a named client.
 *
 * @param name The client's name. Default: the client called `default`, or the only one.
 * @param pinia As for any store: needed outside components only.
 * @throws {StatewireError} `UNSUPPORTED` when the plugin is not installed; `INVALID_OPTION` when it knows no client of that name,
 * or what is given is neither a name nor a Pinia.
 *
 * @example
 * const connection = useConnection()
 * connection.status === 'waiting' && connection.nextRetryAt
 */
export function useConnection(pinia?: Pinia): ConnectionStore
export function useConnection(name: string, pinia?: Pinia): ConnectionStore
export function useConnection(nameOrPinia?: string | Pinia, maybePinia?: Pinia): ConnectionStore {
  const [name, pinia] = typeof nameOrPinia === 'string' ? [nameOrPinia, maybePinia] : [undefined, nameOrPinia]
  if (pinia !== undefined && !isPinia(pinia)) {
    const expected = 'a client name, a Pinia of createPinia(), or left out'
    throw invalidOption('useConnection()', expected, pinia)
  }
  const store = definitionOf(name)(pinia)
  clientOf(store)
  return store
}

function isPinia(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Pinia>).use === 'function'
}

/** Which connection a store is to follow; undefined for the application's own stores. */
export function connectionName(options: object): { readonly name: string | undefined } | undefined {
  return (options as { readonly [CONNECTION]?: { readonly name: string | undefined } })[CONNECTION]
}

/** Keeps a connection store in step with its client. Call it inside a Pinia plugin. */
export function followConnection({ store, app, pinia }: PiniaPluginContext, client: AnyClient): void {
  const target = new WeakRef(store)
  const follow = (): void => {
    const now = flatten(client.state, client)
    const stale = target.deref()?.$state
    // A change of state often is one of quality as well: told once.
    if (stale && !isSame(stale, now)) target.deref()?.$patch((flat) => void Object.assign(flat, now))
  }
  clients.set(toRaw(store), client)
  follow()
  const stops = [client.on('state', follow), client.on('quality', follow)]
  endWith({ store, app, pinia }, () => {
    for (const stop of stops) stop()
  })
}

function isSame(one: StateTree, other: ConnectionStoreState): boolean {
  return Object.entries(other).every(([key, value]) => Object.is(one[key], value))
}

function definitionOf(name: string | undefined): Definition {
  const known = definitions.get(name)
  if (known) return known
  const created = define(name)
  definitions.set(name, created)
  return created
}

function define(name: string | undefined): Definition {
  return defineStore(name === undefined ? 'connection' : `connection:${name}`, {
    state: (): ConnectionStoreState =>
      flatten({ status: 'idle', attempt: 0, since: 0 }, { latencyMs: undefined, quality: undefined }),
    actions: {
      connect(): Promise<void> {
        return clientOf(this).connect()
      },
      disconnect(): Promise<void> {
        return clientOf(this).disconnect()
      },
      retryNow(): void {
        clientOf(this).retryNow()
      },
    },
    // Spread, so that this private option need not be declared for everybody's stores.
    ...{ [CONNECTION]: { name } },
  })
}

function flatten(state: ConnectionState, { latencyMs, quality }: Health): ConnectionStoreState {
  return {
    status: state.status,
    attempt: state.attempt,
    nextRetryAt: 'nextRetryAt' in state ? state.nextRetryAt : undefined,
    reason: 'reason' in state ? state.reason : undefined,
    since: state.since,
    latencyMs,
    quality,
  }
}

function clientOf(store: object): AnyClient {
  const client = clients.get(toRaw(store))
  if (client) return client
  throw new StatewireError('UNSUPPORTED', {
    what: 'useConnection() without the plugin',
    instead:
      'Call pinia.use(piniaStatewire(client)) and app.use(pinia) first, and leave the store id "connection" to it.',
  })
}
