import type { ConnectionReason, FlatConnectionState } from '@statewire/dva'
import { formatTime } from './format.ts'

export interface ConnectionText {
  readonly tone: 'live' | 'busy' | 'lost' | 'failed' | 'off'
  readonly label: string
  readonly detail: string
}

const CAUSES: { readonly [Reason in ConnectionReason]?: string } = {
  closed: 'The connection to the server was lost.',
  heartbeat: 'The server went silent.',
  timeout: 'The server did not answer in time.',
  busy: 'The server asked to come back later.',
  provider: 'The connection could not be prepared.',
  fatal: 'The server does not want this page to come back.',
}

/** Puts the connection's state into words. */
export function connectionText(connection: FlatConnectionState, now: number): ConnectionText {
  const { status, reason, attempt, since, nextRetryAt = now } = connection
  const cause = (reason && CAUSES[reason]) ?? ''
  switch (status) {
    case 'open':
      return { tone: 'live', label: 'Live', detail: `Since ${formatTime(since)}` }
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((nextRetryAt - now) / 1_000))
      return { tone: 'lost', label: LOST, detail: `${cause} Attempt ${attempt} in ${seconds} s.` }
    }
    case 'preparing':
    case 'connecting':
    case 'authenticating':
    case 'recovering':
      return attempt > 1 || reason !== undefined
        ? { tone: 'lost', label: LOST, detail: `${cause} Attempt ${attempt} under way.` }
        : { tone: 'busy', label: 'Connecting', detail: 'Opening the connection to the server.' }
    case 'suspended':
      return { tone: 'off', label: 'Paused', detail: 'Goes on when the page is back in view.' }
    case 'failed':
      return { tone: 'failed', label: 'Gave up', detail: cause }
    case 'closed':
    case 'idle':
      return { tone: 'off', label: 'Disconnected', detail: 'Nothing new will come until you connect.' }
  }
}

const LOST = 'Disconnected, reconnecting …'
