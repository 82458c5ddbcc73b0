import type { Backplane, Publication, Retention } from '../backplane/backplane.ts'
import { Topic } from './topic.ts'

// How many topics are compared with the backplane at once.
const CHECKS_AT_ONCE = 16

/** The topics somebody on this node is subscribed to. */
export class Topics {
  readonly #topics = new Map<string, Topic>()
  readonly #backplane: Backplane
  readonly #retentionOf: (topic: string) => Retention
  readonly #failed: (error: unknown) => void
  #checking = false

  constructor(backplane: Backplane, retentionOf: (topic: string) => Retention, failed: (error: unknown) => void) {
    this.#backplane = backplane
    this.#retentionOf = retentionOf
    this.#failed = failed
  }

  get size(): number {
    return this.#topics.size
  }

  get subscriptions(): number {
    let count = 0
    for (const { size } of this.#topics.values()) count += size
    return count
  }

  /** @param key The backplane's name of it. @param name The clients' name of it. */
  at(key: string, name: string): Topic {
    const known = this.#topics.get(key)
    if (known) return known
    const unused = (): void => void (this.#topics.get(key) === topic && this.#topics.delete(key))
    const topic = new Topic({ key, name, backplane: this.#backplane, retention: this.#retentionOf(key), unused })
    this.#topics.set(key, topic)
    return topic
  }

  published(key: string, epoch: string, publication: Publication): void {
    this.#topics.get(key)?.published(epoch, publication)
  }

  /** Compares all places with the backplane's. */
  async check(): Promise<void> {
    if (this.#checking) return
    this.#checking = true
    const topics = [...this.#topics.values()]
    while (topics.length > 0) {
      const some = topics.splice(0, CHECKS_AT_ONCE)
      const results = await Promise.allSettled(some.map((topic) => topic.check()))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) this.#failed(failed.reason)
      // The rest would fail as well; the next round is not far.
      if (failed) break
    }
    this.#checking = false
  }
}
