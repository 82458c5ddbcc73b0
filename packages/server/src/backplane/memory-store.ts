import type { Clock, ServerEnv } from '../env.ts'
import type {
  Accepted,
  Claim,
  Claimed,
  History,
  NodeHandlers,
  Origin,
  Publish,
  Published,
  Retention,
} from './backplane.ts'
import type { Cursor } from '@statewire/core/protocol'
import { ExpiringMap } from './expiring-map.ts'
import { MemoryLogs } from './memory-logs.ts'
import { claimedClient, refuseNumber, type RememberedClient } from './settle-number.ts'

interface Session {
  readonly userId: string
  generation: number
  node: string
}

/** Bounds of what is remembered; the least recently used goes first. */
export interface MemoryLimits {
  readonly topics: number
  readonly sessions: number
  readonly clients: number
}

/** What nodes in one process share. Everything happens at once, so each method is one step. */
export class MemoryStore {
  readonly #env: ServerEnv
  readonly #logs: MemoryLogs
  readonly #sessions: ExpiringMap<Session>
  readonly #clients: ExpiringMap<RememberedClient>
  readonly #nodes = new Map<string, { readonly handlers: NodeHandlers; readonly topics: Set<string> }>()

  constructor(env: ServerEnv, limits: MemoryLimits) {
    const { clock } = env
    this.#env = env
    this.#logs = new MemoryLogs(env, limits)
    this.#sessions = new ExpiringMap(clock, limits.sessions, { ended: (sid) => this.#logs.sessionEnded(sid) })
    this.#clients = new ExpiringMap(clock, limits.clients)
  }

  open(node: string, handlers: NodeHandlers): void {
    this.#nodes.set(node, { handlers, topics: new Set() })
  }

  close(node: string): void {
    this.#nodes.delete(node)
  }

  subscribe(node: string, topic: string): void {
    this.#nodes.get(node)?.topics.add(topic)
  }

  unsubscribe(node: string, topic: string): void {
    this.#nodes.get(node)?.topics.delete(topic)
  }

  publish({ topic, payload, retention, origin }: Publish, dedupeMs: number): Published {
    const refused = origin && this.#refuse(origin)
    if (refused) return refused
    const log = this.#logs.toAppend(topic)
    const publication = log.append(payload, this.#clock.monotonic())
    log.trim(this.#clock.monotonic(), retention)
    if (origin) this.#settle(origin, dedupeMs)
    for (const { handlers, topics } of this.#nodes.values()) {
      if (topics.has(topic)) handlers.published(topic, log.epoch, publication)
    }
    return { outcome: 'ok', cursor: { epoch: log.epoch, offset: publication.offset } }
  }

  accept(origin: Origin, dedupeMs: number): Accepted {
    const refused = this.#refuse(origin)
    if (refused) return refused
    this.#settle(origin, dedupeMs)
    return { outcome: 'ok' }
  }

  history(topic: string, since: Cursor | undefined, retention: Retention): History {
    const log = this.#logs.toRead(topic)
    log.trim(this.#clock.monotonic(), retention)
    return log.since(since)
  }

  claim(claim: Claim): Claimed {
    const { cid, sid: named, tx, dedupeMs } = claim
    this.#tidy()
    const known = this.#clients.get(cid)
    const claimed = this.#claimSession(claim)
    const client = claimedClient(known, { owner: claimed.sid, tx, returning: named !== undefined })
    this.#clients.set(cid, client, dedupeMs)
    return { ...claimed, highest: known && !known.doubtful ? known.highest : undefined }
  }

  touch(sid: string, ttlMs: number): void {
    this.#tidy()
    const session = this.#sessions.get(sid)
    if (session) this.#sessions.set(sid, session, ttlMs)
  }

  #tidy(): void {
    this.#sessions.tidy()
    this.#logs.tidy()
  }

  get #clock(): Clock {
    return this.#env.clock
  }

  #claimSession({ sid, userId, node, ttlMs }: Claim): Omit<Claimed, 'highest'> {
    const session = sid === undefined ? undefined : this.#sessions.get(sid)
    if (sid === undefined || session?.userId !== userId) {
      const fresh = this.#env.id()
      this.#sessions.set(fresh, { userId, generation: 1, node }, ttlMs)
      const status = sid === undefined ? 'new' : 'lost'
      return { sid: fresh, status, generation: 1, previousNode: undefined }
    }
    const previousNode = session.node
    const generation = ++session.generation
    session.node = node
    this.#sessions.set(sid, session, ttlMs)
    if (previousNode !== node) this.#nodes.get(previousNode)?.handlers.takenOver(sid, generation)
    return { sid, status: 'resumed', generation, previousNode }
  }

  #settle({ cid, sid, n }: Origin, dedupeMs: number): void {
    this.#clients.set(cid, { owner: sid, highest: n, doubtful: false }, dedupeMs)
  }

  #refuse(origin: Origin) {
    const generation = this.#sessions.get(origin.sid)?.generation
    return refuseNumber({ generation, client: this.#clients.get(origin.cid) }, origin)
  }
}
