/** Why the last link ended, or why the connection is not open. */
export type Reason =
  | 'closed' // the server or the network ended the link
  | 'timeout' // the link did not open, or auth was not answered, in time
  | 'heartbeat' // the link went silent
  | 'provider' // `url` or `auth.token` failed
  | 'busy' // the server asked to come back later
  | 'auth' // the server refused the token

interface Base {
  /** When this status began, in milliseconds since the epoch. */
  readonly since: number
  /**
   * Number of the current attempt, or of the coming one while waiting, counted since the connection was last useful
   * (a full second open with a frame received, or ten seconds open). 0 when it is useful now, or nothing was tried yet.
   */
  readonly attempt: number
}

/** Everything there is to know about a connection: one union on `status`, readonly, a new object for each change. */
export type ConnectionState =
  | (Base & { readonly status: 'idle' })
  | (Base & {
      /**
       * `preparing`: `url` and `auth.token` are being asked. `authenticating`: the auth frame is out, the answer is not in.
       * `recovering`: accepted by a server that keeps sessions, which has yet to say what is left of ours.
       */
      readonly status: 'preparing' | 'connecting' | 'authenticating' | 'recovering'
      /** Why the link before this one ended; absent on the first. */
      readonly reason?: Reason
    })
  | (Base & { readonly status: 'open' })
  | (Base & {
      readonly status: 'waiting'
      readonly reason: Reason
      /** When the next attempt starts, in milliseconds since the epoch. */
      readonly nextRetryAt: number
    })
  | (Base & {
      readonly status: 'suspended'
      /** `frozen`: the browser stopped the page. `hidden`: the page is in the back/forward cache. */
      readonly reason: 'frozen' | 'hidden'
      /** The socket was left open and is checked on return. */
      readonly kept: boolean
    })
  | (Base & {
      readonly status: 'failed'
      /** `auth`: two tokens in a row were refused. `fatal`: the server said not to come back. `exhausted`: out of attempts. */
      readonly reason: 'auth' | 'fatal' | 'exhausted'
      /** Close code, when one was the cause. */
      readonly code?: number
    })
  | (Base & { readonly status: 'closed'; readonly reason: 'requested' | 'disposed' })

export type ConnectionStatus = ConnectionState['status']
