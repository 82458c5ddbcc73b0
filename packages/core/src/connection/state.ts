/** Why the last link ended, or why the connection is not open. */
export type Reason =
  | 'closed' // the server or the network ended the link
  | 'timeout' // the link did not open, or auth was not answered, in time
  | 'heartbeat' // the link went silent
  | 'provider' // `url` or `auth.token` failed
  | 'busy' // the server asked to come back later
  | 'auth' // the server refused two tokens in a row
  | 'fatal' // a close code that says: do not come back
  | 'exhausted' // `reconnect.maxAttempts` in a row failed
  | 'requested' // the application asked
  | 'disposed'

interface Base {
  /** When this status began, in milliseconds since the epoch. */
  readonly since: number
  /**
   * Number of the current attempt, or of the coming one while waiting: 1 for the first since the connection was last
   * useful (open for a second with traffic), 0 when it is useful now or nothing was tried.
   */
  readonly attempt: number
}

/** Everything there is to know about a connection, one union on `status`. Readonly; a new object for each change. */
export type ConnectionState =
  | (Base & { readonly status: 'idle' })
  | (Base & { readonly status: 'preparing' | 'connecting' | 'authenticating'; readonly reason?: Reason })
  | (Base & { readonly status: 'open' })
  | (Base & { readonly status: 'waiting'; readonly reason: Reason; readonly nextRetryAt: number })
  | (Base & { readonly status: 'suspended'; readonly reason: 'frozen' | 'hidden' })
  | (Base & { readonly status: 'failed'; readonly reason: 'auth' | 'fatal' | 'exhausted'; readonly code?: number })
  | (Base & { readonly status: 'closed'; readonly reason: 'requested' | 'disposed' })

export type ConnectionStatus = ConnectionState['status']
