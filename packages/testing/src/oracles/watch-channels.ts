import type { AnyClient, Envelope } from '@statewire/core'
import type { Channel } from '@statewire/core/session'
import type { Ledger } from './ledger.ts'
import { sessionKeys } from './message-key.ts'

/** Notes a publication. */
type Published = (type: string, data: unknown, promise: Promise<void>) => Promise<void>

const PRIVATE_TOPIC = '#'

/** Enters into a ledger what a client's channels show. */
export class ChannelWatch {
  readonly #ledger: Ledger
  readonly #published: Published
  readonly #channels = new Map<string, Channel>()
  /** By topic, raised whenever it begins anew: where it goes on is then up to the server. */
  readonly #parts = new Map<string, number>()

  constructor(client: AnyClient, ledger: Ledger, published: Published) {
    this.#ledger = ledger
    this.#published = published
    const channel = client.channel.bind(client)
    client.channel = (topic) => this.#watch(channel(topic))
    client.on('reset', () => {
      for (const topic of this.#channels.keys()) this.#beginAnew(topic)
    })
  }

  /** Takes a message that was shown. Returns false for one that is of no topic. */
  shown(message: Envelope): boolean {
    const { c: topic, o: offset } = sessionKeys(message) ?? {}
    if (topic === undefined || offset === undefined) return false
    const epoch = this.#channels.get(topic)?.cursor?.epoch
    // The private topic is not told of holes.
    if (topic !== PRIVATE_TOPIC && epoch !== undefined) this.#ledger.received(this.#receiver(topic), { epoch, offset })
    return true
  }

  #watch(channel: Channel): Channel {
    const { topic } = channel
    if (this.#channels.get(topic) === channel) return channel
    this.#channels.set(topic, channel)
    const publish = channel.publish.bind(channel)
    channel.publish = (type, data) => this.#published(type, data, publish(type, data))
    let hole: string | undefined
    channel.on('resync', ({ cursor: { epoch, offset } }) => {
      const another = `${epoch} ${offset}`
      if (hole !== another) this.#beginAnew(topic)
      hole = another
      this.#ledger.resynced(this.#receiver(topic))
    })
    channel.on('status', (status) => {
      if (status === 'idle') this.#beginAnew(topic)
    })
    return channel
  }

  #beginAnew(topic: string): void {
    this.#parts.set(topic, this.#part(topic) + 1)
  }

  #part(topic: string): number {
    return this.#parts.get(topic) ?? 0
  }

  #receiver(topic: string): string {
    return `topic ${topic}, part ${this.#part(topic)}`
  }
}
