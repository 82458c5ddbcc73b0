import type { AnyClient, ConnectionState, ConnectionStatus, Quality } from '@statewire/core'
import type { Action, Reducer } from './types.ts'

export type ConnectionReason = NonNullable<Extract<ConnectionState, { reason?: unknown }>['reason']>

/** The connection's own state in the application's, flat. */
export interface FlatConnectionState {
  readonly status: ConnectionStatus
  /** Number of the current attempt, or of the coming one while waiting; 0 when the connection is useful. */
  readonly attempt: number
  /** When the next attempt starts, in milliseconds since the epoch; only while `waiting`. */
  readonly nextRetryAt: number | undefined
  /** Why the connection is not open, or why the last link ended. */
  readonly reason: ConnectionReason | undefined
  /** When this status began, in milliseconds since the epoch. */
  readonly since: number
  /** Time to the server and back, in milliseconds; undefined while unknown. */
  readonly latencyMs: number | undefined
  /** How well messages get through; undefined while unknown. */
  readonly quality: Quality | undefined
}

export function flatten({ state, latencyMs, quality }: AnyClient): FlatConnectionState {
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

export function isSame(one: FlatConnectionState, other: FlatConnectionState): boolean {
  return (Object.keys(other) as (keyof FlatConnectionState)[]).every((key) => Object.is(one[key], other[key]))
}

/** Keeps what was dispatched last; `current` gives the state before anything was. */
export function connectionReducer(changed: string, current: () => FlatConnectionState): Reducer {
  return (state: FlatConnectionState | undefined, action: Action): FlatConnectionState => {
    if (action.type === changed) return action['payload'] as FlatConnectionState
    return state ?? current()
  }
}
