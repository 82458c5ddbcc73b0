import type { Origin, Refused } from './backplane.ts'

/** What is remembered of a client id. */
export interface RememberedClient {
  /** The session that may write. */
  readonly owner: string
  /** Highest number that was accepted, or that the client said is settled. */
  readonly highest: number
  /** Nothing was accepted since the client came with numbers of which nobody knew: whether it had more, nobody can tell. */
  readonly doubtful: boolean
}

/** What is remembered of a session and of its client's numbers when one of them arrives. */
export interface Remembered {
  /** Generation of the session's owner; undefined when the session is gone. */
  readonly generation: number | undefined
  /** Undefined when the client id is forgotten. */
  readonly client: RememberedClient | undefined
}

/** Decides about a number; undefined: it is the next one, take it. */
export function refuseNumber({ generation, client }: Remembered, origin: Origin): Refused | undefined {
  if (generation !== origin.generation) return { outcome: 'fenced' }
  // Forgotten, yet the owner of a living session goes on: there is nothing it could be compared with.
  if (client === undefined) return undefined
  if (client.owner !== origin.sid) return { outcome: 'fenced' }
  if (origin.n <= client.highest) return { outcome: 'duplicate' }
  return origin.n > client.highest + 1 ? { outcome: 'gap', want: client.highest + 1 } : undefined
}

/** What is to be remembered of a client id that a session claims, and whose numbers below `tx` are settled. */
export function claimedClient(
  known: RememberedClient | undefined,
  { owner, tx, returning }: { readonly owner: string; readonly tx: number; readonly returning: boolean },
): RememberedClient {
  // A client that was never here before has sent nothing; of any other it is not known, until it has gone on.
  const doubtful = known ? known.doubtful : returning || tx > 1
  return { owner, highest: Math.max(known?.highest ?? 0, tx - 1), doubtful }
}
