import {
  StatewireError,
  type AnyClient,
  type ConnectionState,
  type ConnectionStatus,
  type Quality,
} from '@statewire/core'
import { isObject } from './paths.ts'

export type ConnectionReason = NonNullable<Extract<ConnectionState, { reason?: unknown }>['reason']>

/** State of the connection module: the connection's own state, flat. */
export interface ConnectionModuleState {
  status: ConnectionStatus
  /** Number of the current attempt, or of the coming one while waiting; 0 when the connection is useful. */
  attempt: number
  /** When the next attempt starts, in milliseconds since the epoch; only while `waiting`. */
  nextRetryAt: number | undefined
  /** Why the connection is not open, or why the last link ended. */
  reason: ConnectionReason | undefined
  /** When this status began, in milliseconds since the epoch. */
  since: number
  /** Time to the server and back, in milliseconds; undefined while unknown. */
  latencyMs: number | undefined
  /** How well messages get through; undefined while unknown. */
  quality: Quality | undefined
}

/** Data of the action `send`. */
export interface SendPayload {
  readonly type: string
  readonly data?: unknown
}

type Shown = Pick<AnyClient, 'state'> & Partial<Pick<AnyClient, 'latencyMs' | 'quality'>>

/** What writes wired state: by path. */
export type Patch = Readonly<Record<string, unknown>>

/** Names of the module's mutations. */
export const CHANGED = 'changed'
export const LANDED = 'landed'
export const RESET = 'reset'

/** Makes the namespaced module that shows a client in a store. Its state holds plain values, never the client. */
export function createConnectionModule(client: AnyClient, namespace: string, write: (patch: Patch) => void): object {
  const report = (error: StatewireError): void => client.report(error)
  return {
    namespaced: true,
    // No client's state, so that the first mutation changes it.
    state: (): ConnectionModuleState => flatten({ state: { status: 'idle', attempt: 0, since: 0 } }),
    mutations: {
      // A state put in by `replaceState` may lack the module's part.
      [CHANGED]: (state: ConnectionModuleState | undefined, next: ConnectionModuleState): void => {
        if (state) Object.assign(state, next)
      },
      [LANDED]: (_: unknown, patch: Patch): void => write(patch),
      [RESET]: (_: unknown, patch: Patch): void => write(patch),
    },
    // None of them rejects: Vuex wraps promises, and nobody could keep one that is not awaited from being an unhandled rejection.
    actions: {
      connect: (): Promise<boolean> => succeeds(client.connect()),
      disconnect: (): Promise<boolean> => succeeds(client.disconnect()),
      retryNow: (): void => client.retryNow(),
      send(_: unknown, payload: unknown): Promise<boolean> {
        if (isSendPayload(payload)) return succeeds(client.send(payload.type, payload.data), report)
        const expected = 'an object { type, data } whose type is a string that is not empty'
        const details = { option: `${namespace}/send(payload)`, expected, received: payload }
        report(new StatewireError('INVALID_OPTION', details))
        return Promise.resolve(false)
      },
    },
  }
}

export function flatten({ state, latencyMs, quality }: Shown): ConnectionModuleState {
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

function isSendPayload(payload: unknown): payload is SendPayload {
  return isObject(payload) && typeof payload['type'] === 'string' && payload['type'] !== ''
}

function succeeds(promise: Promise<void>, onFailure?: (error: StatewireError) => void): Promise<boolean> {
  return promise.then(
    () => true,
    (error: unknown) => {
      if (StatewireError.is(error)) onFailure?.(error)
      return false
    },
  )
}
