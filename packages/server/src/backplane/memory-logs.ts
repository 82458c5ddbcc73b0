import { PRIVATE_TOPIC } from '@statewire/core/protocol'
import type { ServerEnv } from '../env.ts'
import { ExpiringMap } from './expiring-map.ts'
import { MemoryLog } from './memory-log.ts'

// A log outlives its messages, so that a client that comes late learns that it missed nothing, or what it missed.
const LOG_TTL_MS = 86_400_000

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

  constructor(env: ServerEnv, { topics, sessions }: { readonly topics: number; readonly sessions: number }) {
    const { clock } = env
    const kept = (log: MemoryLog): void => log.trim(clock.monotonic())
    this.#env = env
    this.#published = new ExpiringMap(clock, topics, { kept })
    this.#fresh = new ExpiringMap(clock, topics)
    this.#private = new ExpiringMap(clock, sessions, { kept })
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

  /** The topic that is private to a session goes with it. */
  sessionEnded(sid: string): void {
    this.#private.delete(PRIVATE_TOPIC + sid)
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
