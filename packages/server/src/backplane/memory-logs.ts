import { PRIVATE_TOPIC } from '@statewire/core/protocol'
import type { ServerEnv } from '../env.ts'
import { ExpiringMap } from './expiring-map.ts'
import { MemoryLog } from './memory-log.ts'

// A log outlives its messages, so that a client that comes late learns that it missed nothing, or what it missed.
const LOG_TTL_MS = 86_400_000

export interface MemoryLogsOptions {
  readonly topics: number
  readonly sessions: number
  /** A private topic ends with its session. */
  readonly isSession: (sid: string) => boolean
}

/**
 * Logs by topic, each kind with a bound of its own: neither sessions nor clients that subscribe to whatever comes to their mind
 * displace a topic that was published to.
 */
export class MemoryLogs {
  readonly #env: ServerEnv
  /** Published to. */
  readonly #published: ExpiringMap<MemoryLog>
  /** Only asked for until now: losing one costs nothing but its epoch. */
  readonly #fresh: ExpiringMap<MemoryLog>
  readonly #private: ExpiringMap<MemoryLog>

  constructor(env: ServerEnv, { topics, sessions, isSession }: MemoryLogsOptions) {
    const { clock } = env
    const trim = (log: MemoryLog): true => {
      log.trim(clock.monotonic())
      return true
    }
    this.#env = env
    this.#published = new ExpiringMap(clock, topics, trim)
    this.#fresh = new ExpiringMap(clock, topics)
    this.#private = new ExpiringMap(
      clock,
      sessions,
      (log, topic) => isSession(topic.slice(PRIVATE_TOPIC.length)) && trim(log),
    )
  }

  toRead(topic: string): MemoryLog {
    const shelf = this.#shelf(topic)
    const known = shelf.get(topic)
    return this.#keep(known || shelf === this.#private ? shelf : this.#fresh, topic, known)
  }

  toAppend(topic: string): MemoryLog {
    const shelf = this.#shelf(topic)
    return this.#keep(shelf, topic, shelf.get(topic))
  }

  /** Lets go of messages whose time is up, also in topics nobody asks for any more. Cheap: it looks at most every 10 s. */
  tidy(): void {
    this.#published.tidy()
    this.#fresh.tidy()
    this.#private.tidy()
  }

  #shelf(topic: string): ExpiringMap<MemoryLog> {
    return topic.startsWith(PRIVATE_TOPIC) ? this.#private : this.#published
  }

  #keep(shelf: ExpiringMap<MemoryLog>, topic: string, known: MemoryLog | undefined): MemoryLog {
    this.tidy()
    const log = known ?? this.#fresh.get(topic) ?? new MemoryLog(this.#env.id())
    this.#fresh.delete(topic)
    shelf.set(topic, log, LOG_TTL_MS)
    return log
  }
}
