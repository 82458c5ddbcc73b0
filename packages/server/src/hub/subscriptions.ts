import type { Sub, Subd } from '@statewire/core/protocol'
import type { HubCore } from './core.ts'
import { isPublicTopic, sessionFrame } from './encode.ts'
import { Feed, type FeedPort } from './feed.ts'
import type { User } from './types.ts'

interface Subscription {
  readonly id: number
  feed: Feed | undefined
}

export interface SubscriptionsPort extends FeedPort {
  /** Undefined: nobody can say at the moment. */
  may(topic: string, action: 'subscribe'): Promise<boolean | undefined>
}

const RETRY_MS = 1_000

/** What one client is subscribed to. */
export class Subscriptions<U extends User> {
  readonly #core: HubCore<U>
  readonly #port: SubscriptionsPort
  readonly #subscriptions = new Map<string, Subscription>()
  #ended = false

  constructor(core: HubCore<U>, port: SubscriptionsPort) {
    this.#core = core
    this.#port = port
  }

  async subscribe({ id, c, cursor }: Sub): Promise<void> {
    if (this.#subscriptions.get(c)?.id === id) return
    this.#drop(c)
    if (!isPublicTopic(c)) return this.#answer({ id, c, st: 'denied', why: 'topic' })
    const { topicsPerClient } = this.#core.options.limits
    if (this.#subscriptions.size >= topicsPerClient) return this.#answer({ id, c, st: 'denied', why: 'limit' })
    const subscription: Subscription = { id, feed: undefined }
    this.#subscriptions.set(c, subscription)
    const allowed = await this.#port.may(c, 'subscribe')
    if (this.#ended || this.#subscriptions.get(c) !== subscription) return
    if (!allowed) return this.#refuse(id, c, allowed === undefined ? 'retry' : 'denied')
    const feed = (subscription.feed = new Feed(this.#core.topics.at(c, c), c, this.#port))
    try {
      await feed.start(cursor, (st, at) => this.#answer({ id, c, st, cursor: at }))
    } catch (error) {
      this.#port.failed(error)
      feed.end()
      if (this.#subscriptions.get(c) === subscription) this.#refuse(id, c, 'retry')
    }
  }

  unsubscribe({ id, c }: { readonly id: number; readonly c: string }): void {
    if (this.#subscriptions.get(c)?.id === id) this.#drop(c)
  }

  /** Asks again who may subscribe, since the user's rights may have changed. */
  async review(): Promise<void> {
    for (const [c, subscription] of [...this.#subscriptions]) {
      const allowed = await this.#port.may(c, 'subscribe')
      if (this.#ended) return
      if (allowed === false && this.#subscriptions.get(c) === subscription) this.#refuse(subscription.id, c, 'denied')
    }
  }

  end(): void {
    this.#ended = true
    for (const c of [...this.#subscriptions.keys()]) this.#drop(c)
  }

  #refuse(id: number, c: string, st: 'denied' | 'retry'): void {
    this.#drop(c)
    this.#answer(st === 'retry' ? { id, c, st, retryMs: RETRY_MS } : { id, c, st, why: 'denied' })
  }

  #answer(subd: Subd): void {
    this.#port.send(sessionFrame('sw.subd', subd))
  }

  #drop(c: string): void {
    this.#subscriptions.get(c)?.feed?.end()
    this.#subscriptions.delete(c)
  }
}
