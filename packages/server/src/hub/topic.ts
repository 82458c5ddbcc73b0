import type { Cursor } from '@statewire/core/protocol'
import type { Backplane, Publication, Retention } from '../backplane/backplane.ts'
import type { Feed } from './feed.ts'
import { stampPlace } from './encode.ts'

/** A publication as it goes out, to everybody who gets it. */
export interface Item {
  readonly epoch: string
  readonly offset: number
  readonly frame: string
}

/** What was read of a log: its end, and what follows the asked place unless that cannot be told. */
export interface Read {
  readonly top: Cursor
  /** The last publication that was live here when the read began. */
  readonly seen: Cursor
  readonly items: readonly Item[] | undefined
}

/** One topic on this node: subscribed at the backplane while anybody here wants it. */
export class Topic {
  /** As JSON text, as clients know it. */
  readonly #name: string
  readonly #key: string
  readonly #backplane: Backplane
  readonly #retention: Retention
  readonly #feeds = new Set<Feed>()
  readonly #reads = new Map<string, Promise<Read>>()
  readonly #unused: () => void
  #steps: Promise<void> = Promise.resolve()
  #subscribed = false
  #seen: Cursor = { epoch: '', offset: 0 }

  constructor(options: { key: string; name: string; backplane: Backplane; retention: Retention; unused: () => void }) {
    this.#key = options.key
    this.#name = JSON.stringify(options.name)
    this.#backplane = options.backplane
    this.#retention = options.retention
    this.#unused = options.unused
  }

  get size(): number {
    return this.#feeds.size
  }

  /** The last publication that was live here. */
  get seen(): Cursor {
    return this.#seen
  }

  add(feed: Feed): void {
    this.#feeds.add(feed)
  }

  /** Resolves when live publications come. */
  async live(): Promise<void> {
    await this.#step(async () => {
      if (this.#subscribed || this.#feeds.size === 0) return
      await this.#backplane.subscribe(this.#key)
      this.#subscribed = true
    })
  }

  /** Rejects when the backplane does; the topic is given up all the same. */
  async remove(feed: Feed): Promise<void> {
    if (!this.#feeds.delete(feed) || this.#feeds.size > 0) return
    await this.#step(async () => {
      if (this.#feeds.size > 0) return
      this.#unused()
      if (!this.#subscribed) return
      this.#subscribed = false
      await this.#backplane.unsubscribe(this.#key)
    })
  }

  published(epoch: string, publication: Publication): void {
    const { offset } = publication
    // Written once: what goes out is the same text for all.
    const item: Item = { epoch, offset, frame: stampPlace(publication.payload, this.#name, offset) }
    if (epoch !== this.#seen.epoch || offset > this.#seen.offset) this.#seen = { epoch, offset }
    for (const feed of this.#feeds) feed.live(item)
  }

  /** Reads what follows a place. Those who ask for the same at the same time share the answer. */
  read(since: Cursor | undefined): Promise<Read> {
    const key = since ? `${since.offset} ${since.epoch}` : ''
    const running = this.#reads.get(key)
    if (running) return running
    const read = this.#read(since).finally(() => this.#reads.delete(key))
    this.#reads.set(key, read)
    return read
  }

  /** Compares everybody's place with the log's end, and lets those catch up who are elsewhere. */
  async check(): Promise<void> {
    const { top } = await this.read(undefined)
    for (const feed of [...this.#feeds]) feed.compare(top)
  }

  async #read(since: Cursor | undefined): Promise<Read> {
    const seen = this.#seen
    const { top, publications } = await this.#backplane.history(this.#key, since, this.#retention)
    const items = publications?.map(({ offset, payload }) => {
      return { epoch: top.epoch, offset, frame: stampPlace(payload, this.#name, offset) }
    })
    return { top, items, seen }
  }

  // One after the other, so that the backplane ends up as the last one wanted it.
  #step(run: () => Promise<void>): Promise<void> {
    const step = this.#steps.then(run)
    this.#steps = step.catch(() => {})
    return step
  }
}
