import type { ConnectionState, Reason } from '@statewire/core'

export interface ConnectionText {
  readonly tone: 'live' | 'busy' | 'lost' | 'off'
  readonly label: string
  /** The label for screen readers: without what changes every second. */
  readonly announcement: string
}

const CAUSES: { readonly [Key in Reason]: string } = {
  closed: 'Connection lost',
  timeout: 'No answer from the server',
  heartbeat: 'The server went silent',
  provider: 'The connection could not be prepared',
  busy: 'The server is busy',
  auth: 'Session refused',
}

/** Puts the connection's state into words. */
export function connectionText(state: ConnectionState, now: number): ConnectionText {
  switch (state.status) {
    case 'open':
      return text('live', 'Live')
    case 'preparing':
    case 'connecting':
    case 'authenticating':
    case 'recovering':
      return state.reason ? text('lost', `${CAUSES[state.reason]}, reconnecting …`) : text('busy', 'Connecting …')
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((state.nextRetryAt - now) / 1_000))
      const cause = CAUSES[state.reason]
      return { ...text('lost', `${cause}, reconnecting in ${seconds} s`), announcement: `${cause}, reconnecting soon` }
    }
    case 'suspended':
      return text('off', 'Paused')
    case 'failed':
      return text('off', 'Disconnected for good')
    case 'closed':
    case 'idle':
      return text('off', 'Not connected')
    default:
      return state satisfies never
  }
}

function text(tone: ConnectionText['tone'], label: string): ConnectionText {
  return { tone, label, announcement: label }
}
