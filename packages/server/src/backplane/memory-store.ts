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
import { refuseNumber } from './settle-number.ts'

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
  /** Highest accepted number by client id. */
  readonly #highest: ExpiringMap<number>
  readonly #nodes = new Map<string, { readonly handlers: NodeHandlers; readonly topics: Set<string> }>()

  constructor(env: ServerEnv, limits: MemoryLimits) {
    const { clock } = env
    this.#env = env
    this.#logs = new MemoryLogs(env, limits)
    this.#sessions = new ExpiringMap(clock, limits.sessions)
    this.#highest = new ExpiringMap(clock, limits.clients)
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
    if (origin) this.#highest.set(origin.cid, origin.n, dedupeMs)
    for (const { handlers, topics } of this.#nodes.values()) {
      if (topics.has(topic)) handlers.published(topic, log.epoch, publication)
    }
    return { outcome: 'ok', cursor: { epoch: log.epoch, offset: publication.offset } }
  }

  accept(origin: Origin, dedupeMs: number): Accepted {
    const refused = this.#refuse(origin)
    if (refused) return refused
    this.#highest.set(origin.cid, origin.n, dedupeMs)
    return { outcome: 'ok' }
  }

  history(topic: string, since: Cursor | undefined, retention: Retention): History {
    const log = this.#logs.toRead(topic)
    log.trim(this.#clock.monotonic(), retention)
    return log.since(since)
  }

  claim({ cid, sid, userId, node, tx, ttlMs, dedupeMs }: Claim): Claimed {
    const highest = this.#highest.get(cid)
    this.#highest.set(cid, Math.max(highest ?? 0, tx - 1), dedupeMs)
    const session = sid === undefined ? undefined : this.#sessions.get(sid)
    if (sid === undefined || session?.userId !== userId) {
      const fresh = this.#env.id()
      this.#sessions.set(fresh, { userId, generation: 1, node }, ttlMs)
      const status = sid === undefined ? 'new' : 'lost'
      return { sid: fresh, status, generation: 1, highest, previousNode: undefined }
    }
    const previousNode = session.node
    const generation = ++session.generation
    session.node = node
    this.#sessions.set(sid, session, ttlMs)
    if (previousNode !== node) this.#nodes.get(previousNode)?.handlers.takenOver(sid, generation)
    return { sid, status: 'resumed', generation, highest, previousNode }
  }

  touch(sid: string, ttlMs: number): void {
    const session = this.#sessions.get(sid)
    if (session) this.#sessions.set(sid, session, ttlMs)
  }

  get #clock(): Clock {
    return this.#env.clock
  }

  #refuse(origin: Origin) {
    const generation = this.#sessions.get(origin.sid)?.generation
    return refuseNumber({ generation, highest: this.#highest.get(origin.cid) }, origin)
  }
}
