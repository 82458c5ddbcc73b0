import type { Cursor } from '@statewire/core/protocol'

/** One message in a topic's log. */
export interface Publication {
  readonly offset: number
  /** The message as JSON text `{"type":…,"data":…}`, encoded once for all who get it. */
  readonly payload: string
}

/** Who wrote a numbered message: dedupes it, and fences off a connection that was taken over. */
export interface Origin {
  readonly cid: string
  readonly sid: string
  readonly generation: number
  readonly n: number
}

/** How much of a topic is kept for recovery. */
export interface Retention {
  readonly messages: number
  readonly ttlMs: number
}

export interface Publish {
  readonly topic: string
  readonly payload: string
  readonly retention: Retention
  /** Makes number and publication one step: both happen, or none does. */
  readonly origin?: Origin
}

/** Why a numbered message was not taken. `want`: the number that is expected. */
export type Refused =
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'gap'; readonly want: number }
  | { readonly outcome: 'fenced' }

export type Published = { readonly outcome: 'ok'; readonly cursor: Cursor } | Refused
export type Accepted = { readonly outcome: 'ok' } | Refused

export interface History {
  /** The log's end: what is published from now on comes after it. */
  readonly top: Cursor
  /** What follows the asked cursor, oldest first; undefined when that cannot be told without a hole. */
  readonly publications: readonly Publication[] | undefined
}

export interface Claim {
  readonly cid: string
  /** The session before, if the client names one. It is given only to the user it belongs to. */
  readonly sid?: string | undefined
  readonly userId: string
  readonly node: string
  /** Everything below is settled for the client: what the store remembers less of is raised to it. */
  readonly tx: number
  readonly ttlMs: number
  readonly dedupeMs: number
}

export interface Claimed {
  readonly sid: string
  /** `lost`: a session was named and is gone, or is another user's. */
  readonly status: 'new' | 'resumed' | 'lost'
  /**
   * Higher than of any owner of this session before. Writes of those, and of other sessions that had the client id, are refused as
   * `fenced` from now on.
   */
  readonly generation: number
  /**
   * Highest accepted number; undefined when nothing was remembered of this client id. That is repeated to a client that was there
   * before (it names a session, or has settled numbers) until it has one accepted: it may not have heard.
   */
  readonly highest: number | undefined
  /** The node that held the session before, which is to close its connection. */
  readonly previousNode: string | undefined
}

/** What a backplane tells its node. MUST NOT throw. */
export interface NodeHandlers {
  /** A publication in a topic this node subscribed to, in order of offset; may come twice, or leave one out. */
  published(topic: string, epoch: string, publication: Publication): void
  /** Another node took this session over. */
  takenOver(sid: string, generation: number): void
  /** Live publications may have been missed: compare positions. */
  interrupted(): void
}

/**
 * What server nodes share: logs of topics, sessions, and the news between nodes. Every method may reject; then the outcome is
 * unknown, and asking again with the same numbers is safe.
 */
export interface Backplane {
  /** True when what was accepted survives the restart of a node. */
  readonly durable: boolean
  /** Begins; called once. `node` is unique. */
  open(node: string, handlers: NodeHandlers): Promise<void>
  publish(publish: Publish): Promise<Published>
  /** Settles a number without publishing. */
  accept(origin: Origin, dedupeMs: number): Promise<Accepted>
  /** From the return on, `published` is called for this topic. */
  subscribe(topic: string): Promise<void>
  unsubscribe(topic: string): Promise<void>
  /** Reads what follows a cursor, or only where the log ends. */
  history(topic: string, since: Cursor | undefined, retention: Retention): Promise<History>
  claim(claim: Claim): Promise<Claimed>
  /** The session's link is gone, or still there: it lives for `ttlMs` from now. */
  touch(sid: string, ttlMs: number): Promise<void>
  close(): Promise<void>
}
