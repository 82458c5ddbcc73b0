import type { ConnectionReason, ConnectionStoreState } from '@statewire/pinia'
import { formatTime } from './format.ts'

/** The part of the connection store that the badge tells about. */
export type ConnectionFacts = Pick<ConnectionStoreState, 'status' | 'reason' | 'attempt' | 'since' | 'nextRetryAt'>

export interface ConnectionText {
  readonly tone: 'live' | 'busy' | 'lost' | 'failed' | 'off'
  readonly label: string
  readonly detail: string
  /** The label for screen readers: without what changes every second. */
  readonly announcement: string
}

const CAUSES: { readonly [Reason in ConnectionReason]?: string } = {
  closed: 'The connection to the server was lost.',
  heartbeat: 'The server went silent.',
  timeout: 'The server did not answer in time.',
  busy: 'The server asked to come back later.',
  provider: 'The connection could not be prepared.',
  auth: 'The server no longer accepts your session.',
  fatal: 'The server does not want this page to come back.',
  exhausted: 'The server cannot be reached.',
}

/** Puts the connection's state into words. */
export function connectionText(connection: ConnectionFacts, now: number): ConnectionText {
  const { status, reason, attempt, since, nextRetryAt } = connection
  const cause = (reason && CAUSES[reason]) ?? ''
  switch (status) {
    case 'open':
      return text('live', 'Live', `Since ${formatTime(since)}`)
    case 'preparing':
    case 'connecting':
      return reason
        ? text('lost', `Reconnecting (attempt ${attempt})`, cause)
        : text('busy', 'Connecting', 'Opening the connection to the server.')
    case 'authenticating':
    case 'recovering':
      return text('busy', 'Signing in', 'Showing the server who you are.')
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil(((nextRetryAt ?? now) - now) / 1_000))
      return {
        ...text('lost', `Disconnected, reconnecting in ${seconds} s (attempt ${attempt})`, cause),
        announcement: `Disconnected, reconnecting soon (attempt ${attempt})`,
      }
    }
    case 'suspended':
      return text('off', 'Paused', 'Goes on when the page is back in view.')
    case 'failed':
      return text('failed', 'Gave up', reason === 'exhausted' ? `${cause} Try again?` : cause)
    case 'closed':
    case 'idle':
      return text('off', 'Stopped', 'Live updates are switched off.')
  }
}

function text(tone: ConnectionText['tone'], label: string, detail: string): ConnectionText {
  return { tone, label, detail, announcement: label }
}
