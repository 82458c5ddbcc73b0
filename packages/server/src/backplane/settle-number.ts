import type { Origin, Refused } from './backplane.ts'

/** What is remembered of a session and of its client's numbers when one of them arrives. */
export interface Remembered {
  /** Generation of the session's owner; undefined when the session is gone. */
  readonly generation: number | undefined
  /** Highest number that was accepted; undefined when that is forgotten. */
  readonly highest: number | undefined
}

/** Decides about a number; undefined: it is the next one, take it. */
export function refuseNumber({ generation, highest }: Remembered, origin: Origin): Refused | undefined {
  if (generation !== origin.generation) return { outcome: 'fenced' }
  // Forgotten, yet the owner of a living session goes on: there is nothing it could be compared with.
  if (highest === undefined) return undefined
  if (origin.n <= highest) return { outcome: 'duplicate' }
  return origin.n > highest + 1 ? { outcome: 'gap', want: highest + 1 } : undefined
}
