import type { Redis } from 'ioredis'
import type { NodeHandlers } from '../backplane/backplane.ts'
import { endConnection, untilReady } from './connections.ts'
import type { Keys } from './keys.ts'
import { parseLive, parseTakeover } from './replies.ts'

// Arguments of one call: Node takes no more than some 120,000, and Redis answers others between two calls.
const CHANNELS_PER_CALL = 1_000

export interface SubscriberParts {
  readonly connection: Redis
  /** The connection for commands, without which nobody can compare positions. */
  readonly commands: Redis
  readonly keys: Keys
  readonly node: string
  readonly handlers: NodeHandlers
  readonly onError: (error: unknown) => void
}

/** The connection news arrive on: what is published in subscribed topics, and takeovers. */
export class Subscriber {
  readonly #connection: Redis
  readonly #commands: Redis
  readonly #keys: Keys
  readonly #nodeChannel: string
  readonly #handlers: NodeHandlers
  readonly #onError: (error: unknown) => void
  /** Topics by their channel: what is to be subscribed again after a loss. */
  readonly #topics = new Map<string, string>()
  #probing = false

  constructor({ connection, commands, keys, node, handlers, onError }: SubscriberParts) {
    this.#connection = connection
    this.#commands = commands
    this.#keys = keys
    this.#nodeChannel = keys.node(node)
    this.#handlers = handlers
    this.#onError = onError
  }

  async start(): Promise<void> {
    await untilReady(this.#connection)
    this.#connection.on('message', (channel, text) => this.#received(channel, text))
    this.#connection.on('ready', () => void this.#resume())
    await this.#connection.subscribe(this.#nodeChannel)
  }

  async subscribe(topic: string): Promise<void> {
    const channel = this.#keys.live(topic)
    this.#topics.set(channel, topic)
    try {
      await this.#connection.subscribe(channel)
    } catch (error) {
      this.#topics.delete(channel)
      throw error
    }
  }

  async unsubscribe(topic: string): Promise<void> {
    const channel = this.#keys.live(topic)
    if (!this.#topics.delete(channel)) return
    // Without an answer it has ended all the same: what still arrives finds no topic, and is not asked for again.
    await this.#connection.unsubscribe(channel).catch(this.#onError)
  }

  /** Finds out whether the connection is half-open: it never has to say anything on its own. Replaces it if it is. */
  probe(): void {
    if (this.#probing || this.#connection.status !== 'ready') return
    this.#probing = true
    this.#connection
      .ping()
      .catch((error: unknown) => this.#replace(error))
      .finally(() => {
        this.#probing = false
      })
  }

  close(): Promise<void> {
    this.#topics.clear()
    return endConnection(this.#connection)
  }

  async #resume(): Promise<void> {
    try {
      const channels = [this.#nodeChannel, ...this.#topics.keys()]
      // All at once: between them no topic is left, which would be subscribed again by the next part.
      await Promise.all(inParts(channels).map((part) => this.#connection.subscribe(...part)))
      if (this.#commands.status === 'ready') this.#handlers.interrupted()
      else this.#commands.once('ready', () => this.#handlers.interrupted())
    } catch (error) {
      this.#replace(error)
    }
  }

  #replace(error: unknown): void {
    this.#onError(error)
    if (this.#connection.status === 'ready') this.#connection.disconnect(true)
  }

  #received(channel: string, text: string): void {
    if (channel === this.#nodeChannel) {
      const takeover = parseTakeover(text)
      if (takeover) this.#handlers.takenOver(takeover.sid, takeover.generation)
      else this.#onError(new Error('News of a takeover cannot be read.'))
      return
    }
    const topic = this.#topics.get(channel)
    if (topic === undefined) return
    const live = parseLive(text)
    if (live) this.#handlers.published(topic, live.epoch, live.publication)
    else this.#onError(new Error(`A message in channel "${channel}" cannot be read.`))
  }
}

function inParts(channels: readonly string[]): string[][] {
  const count = Math.ceil(channels.length / CHANNELS_PER_CALL)
  return Array.from({ length: count }, (_, part) =>
    channels.slice(part * CHANNELS_PER_CALL, (part + 1) * CHANNELS_PER_CALL),
  )
}
