import { createHash } from 'node:crypto'
import { PRIVATE_TOPIC } from '@statewire/core/protocol'

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/**
 * The names used in Redis. Session ids, and topics that are private to a session, appear only hashed: a list of keys gives nobody
 * a session.
 */
export class Keys {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Stream: the messages of a topic. */
  log(topic: string): string {
    return `${this.#prefix}:log:${topicName(topic)}`
  }

  /** Hash: epoch and last offset of a topic. */
  top(topic: string): string {
    return `${this.#prefix}:top:${topicName(topic)}`
  }

  /** Pub/sub channel: the messages of a topic as they are published. */
  live(topic: string): string {
    return `${this.#prefix}:live:${topicName(topic)}`
  }

  /** Hash: the highest accepted number of a client id, and who may write. */
  client(cid: string): string {
    return `${this.#prefix}:client:${hash(cid)}`
  }

  /** Hash: user, node and generation of a session. */
  session(sid: string): string {
    return `${this.#prefix}:session:${hash(sid)}`
  }

  /** Pub/sub channel: news for one node. */
  node(node: string): string {
    return `${this.#prefix}:node:${node}`
  }
}

function topicName(topic: string): string {
  return topic.startsWith(PRIVATE_TOPIC) ? PRIVATE_TOPIC + hash(topic) : topic
}
