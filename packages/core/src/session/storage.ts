import type { Frame } from '../transport/transport.ts'

/** A message as it is kept until it is settled. Its frame can be cloned. */
export interface KeptMessage {
  /** Its place among the messages of its box, and its name there. */
  readonly seq: number
  /** Its number with the server. Without one it was never transmitted. */
  readonly n?: number
  readonly messageType: string
  readonly frame: Frame
  readonly topic?: string
  /** Milliseconds since the epoch; Infinity: never. */
  readonly expiresAt: number
}

/** Whose outbox the server takes a box for. */
export interface BoxIdentity {
  readonly cid: string
  /** The session before. A secret, and good for its user only. */
  readonly sid?: string
}

/** What changes in a box, in one step. */
export interface BoxChange {
  readonly identity: BoxIdentity
  /** In place of the ones of the same `seq`, if there are. */
  readonly put: readonly KeptMessage[]
  /** `seq` of those that are settled. */
  readonly removed: readonly number[]
}

/** What a box held when it was adopted. */
export interface BoxContent {
  readonly identity: BoxIdentity
  /** At least one; by `seq`. */
  readonly messages: readonly KeptMessage[]
}

/** The kept messages of one outbox. Exactly one page has it, until it lets go of it or ends. */
export interface OutboxBox {
  /** Undefined in a new one. */
  readonly content: BoxContent | undefined
  /** Resolves when the change is kept. MUST apply all of it or nothing, in the order of the calls, and MUST reject when another page has the box. */
  write(change: BoxChange): Promise<void>
  /** Resolves to whether this page has the box, and takes it again if it had to let go and nobody changed it since. */
  hold(): Promise<boolean>
  /** Lets go of it: another page may adopt it. Idempotent. */
  release(): void
  /** Deletes it with all its messages, after what is being written, and lets go of it. */
  delete(): Promise<void>
}

/** Keeps boxes where they outlive the page. All promises reject when it cannot; nothing throws. */
export interface OutboxStorage {
  /** Takes the oldest box of this owner that holds messages and that no page has; undefined when there is none. */
  adopt(owner: string): Promise<OutboxBox | undefined>
  /** Makes an empty box for this owner. MUST NOT keep anything of it before the first write. */
  create(owner: string): Promise<OutboxBox>
  /** Deletes the boxes of this owner that no page has. */
  clear(owner: string): Promise<void>
}
