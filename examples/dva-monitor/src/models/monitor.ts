import { append } from '@statewire/core'
import { createStreamModel } from '@statewire/dva'
import { client } from '../live/client.ts'

/** How many points the series keeps: 150 seconds at two a second. */
export const LIMIT = 300

export interface Point {
  /** ISO time, by the server's clock. */
  readonly year: string
  /** Percent. */
  readonly value: number
}

export interface MonitorState {
  readonly dd: readonly Point[]
  /** How many points have come since the login, those given up included. */
  readonly dindex: number
}

/** The load of the server's CPU. Only the wire writes here; on sign-out it is empty again. */
export const monitor = createStreamModel(client, {
  namespace: 'monitor',
  state: { dd: [], dindex: 0 } as MonitorState,
  wire: {
    monitorCPU: append('dd', { limit: LIMIT, map: ([[year, value]]) => ({ year, value }), count: 'dindex' }),
  },
})
