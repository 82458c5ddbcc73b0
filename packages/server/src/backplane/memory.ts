import { resolveEnv, type ServerEnv } from '../env.ts'
import type { Backplane } from './backplane.ts'
import { MemoryStore, type MemoryLimits } from './memory-store.ts'

export interface MemoryBackplaneOptions {
  /** Topics whose end is remembered; beyond it the one published to longest ago is forgotten (its clients are told of a gap). @default 10_000 */
  topics?: number
  /** Sessions kept, connected or not. @default 100_000 */
  sessions?: number
  /** Clients whose highest number is remembered. @default 100_000 */
  clients?: number
  /** Clock and ids, for tests. */
  env?: Partial<ServerEnv>
}

// A publication says nothing about how long its number is remembered.
const DEDUPE_MS = 86_400_000

/**
 * Returns a backplane that lives in this process: for one node, and for tests. What it accepted ends with the process
 * (`durable` is false, and clients are told so). Everything it keeps is bounded by count and by time.
 */
export function memoryBackplane(options: MemoryBackplaneOptions = {}): Backplane {
  return memoryBackplanes(options)()
}

/** Returns a factory of backplanes over one store, so that tests can run several nodes in one process. */
export function memoryBackplanes(options: MemoryBackplaneOptions = {}): () => Backplane {
  const { topics = 10_000, sessions = 100_000, clients = 100_000, env } = options
  const limits: MemoryLimits = { topics, sessions, clients }
  const store = new MemoryStore(resolveEnv(env), limits)
  return () => memoryNode(store)
}

// `async` turns what the store might throw into a rejection, as the port has it.
function memoryNode(store: MemoryStore): Backplane {
  let node = ''
  return {
    durable: false,
    async open(name, handlers) {
      node = name
      store.open(node, handlers)
    },
    publish: async (publish) => store.publish(publish, DEDUPE_MS),
    accept: async (origin, dedupeMs) => store.accept(origin, dedupeMs),
    subscribe: async (topic) => store.subscribe(node, topic),
    unsubscribe: async (topic) => store.unsubscribe(node, topic),
    history: async (topic, since, retention) => store.history(topic, since, retention),
    claim: async (claim) => store.claim(claim),
    touch: async (sid, ttlMs) => store.touch(sid, ttlMs),
    close: async () => store.close(node),
  }
}
