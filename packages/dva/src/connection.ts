import type { ConnectionState, ConnectionStatus } from '@statewire/core'
import type { Action, Reducer } from './types.ts'

export type ConnectionReason = NonNullable<Extract<ConnectionState, { reason?: unknown }>['reason']>

/** The connection's state in the store, flat. */
export interface FlatConnectionState {
  readonly status: ConnectionStatus
  /** Number of the current attempt, or of the coming one while waiting; 0 when the connection is useful. */
  readonly attempt: number
  /** When the next attempt starts, in milliseconds since the epoch; only while `waiting`. */
  readonly nextRetryAt?: number
  /** Why the connection is not open, or why the last link ended. */
  readonly reason?: ConnectionReason
  /** When this status began, in milliseconds since the epoch. */
  readonly since: number
}

/** Keeps the last connection state that was dispatched; `current` gives the one before any was. */
export function connectionReducer(changed: string, current: () => ConnectionState): Reducer {
  return (state: FlatConnectionState | undefined, action: Action): FlatConnectionState => {
    if (action.type === changed) return action['payload'] as FlatConnectionState
    return state ?? current()
  }
}
