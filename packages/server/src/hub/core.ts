import type { Counters } from './counters.ts'
import type { Connection } from './connection.ts'
import type { ResolvedHub } from './resolve.ts'
import type { Sessions } from './sessions.ts'
import type { Timers } from './timers.ts'
import type { Topics } from './topics.ts'
import type { Turn } from './turn.ts'
import type { User } from './types.ts'

/** What the parts of a hub share. */
export interface HubCore<U extends User = User> {
  readonly options: ResolvedHub<U>
  readonly node: string
  readonly ready: Promise<void>
  readonly counters: Counters
  readonly topics: Topics
  readonly sessions: Sessions<U>
  readonly connections: Set<Connection<U>>
  /** Handlers of messages without a number that have not ended, of clients that may be gone. */
  readonly loose: Set<Promise<unknown>>
  readonly draining: boolean
  readonly turn: Turn
  /** End with the hub. */
  readonly timers: Timers
  readonly problem: (where: string, error: unknown) => void
}

/** The backplane's name of a session's private topic. */
export const privateTopic = (sid: string): string => `#${sid}`
