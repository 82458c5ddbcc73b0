import type { Cursor } from '@statewire/core/protocol'
import { sessionFrame } from './encode.ts'
import { placeOf, whyLost } from './place.ts'
import type { Timers } from './timers.ts'
import type { Item, Read, Topic } from './topic.ts'

/** The client's side of a feed. */
export interface FeedPort {
  readonly timers: Timers
  send(frame: string): void
  /** Resolves when the client has taken most of what was sent to it. */
  room(): Promise<void> | undefined
  failed(error: unknown): void
  gapped(): void
}

// What may come live while history is read; then only the last is kept, and what is missing is read again.
const MOST_HELD = 1_000
const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000

/** One client's subscription to one topic: replays, then goes on live, without a hole; or says that there is one. */
export class Feed {
  readonly #topic: Topic
  readonly #name: string
  readonly #port: FeedPort
  #epoch = ''
  #offset = 0
  /** Live items that wait for history; undefined while the client is up to date. */
  #held: Item[] | undefined = []
  #readAfter: Cursor | undefined
  #ended = false

  constructor(topic: Topic, name: string, port: FeedPort) {
    this.#topic = topic
    this.#name = name
    this.#port = port
    topic.add(this)
  }

  /**
   * Finds the place to begin at, tells it, and sends what follows. Rejects when the backplane does; then `end` it.
   * `answer` is not called any more once the feed has ended.
   */
  async start(
    cursor: Cursor | undefined,
    answer: (status: 'new' | 'resumed' | 'lost', cursor: Cursor) => void,
  ): Promise<void> {
    await this.#topic.live()
    if (this.#ended) return
    const { top, items, seen } = await this.#topic.read(cursor)
    if (this.#ended) return
    this.#readAfter = seen
    const resumed = cursor !== undefined && items !== undefined
    this.#move(resumed ? cursor : top)
    if (resumed) answer('resumed', cursor)
    else answer(cursor ? 'lost' : 'new', top)
    // Not waited for: the client has its answer.
    void this.#catchUp(resumed ? items : undefined)
  }

  live(item: Item): void {
    if (this.#held) return this.#hold(item)
    switch (placeOf(this.#place, item.epoch, item.offset)) {
      case 'next':
        this.#offset = item.offset
        return this.#port.send(item.frame)
      case 'seen':
        return
      case 'hole':
        this.#held = [item]
        void this.#catchUp(undefined)
    }
  }

  /** Catches up when the log's end is elsewhere. */
  compare(top: Cursor): void {
    if (this.#held || (top.epoch === this.#epoch && top.offset === this.#offset)) return
    this.#held = []
    void this.#fill().then(() => this.#catchUp(undefined))
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#held = undefined
    this.#topic.remove(this).catch((error: unknown) => this.#port.failed(error))
  }

  get #place(): Cursor {
    return { epoch: this.#epoch, offset: this.#offset }
  }

  #move({ epoch, offset }: Cursor): void {
    this.#epoch = epoch
    this.#offset = offset
  }

  #hold(item: Item): void {
    if (this.#ended) return
    if (this.#held!.length >= MOST_HELD) this.#held = []
    this.#held!.push(item)
  }

  /** Sends what was read and what was held meanwhile, reading again as often as that leaves a hole. */
  async #catchUp(items: readonly Item[] | undefined): Promise<void> {
    if (items) await this.#deliver(items)
    while (!this.#ended && !(await this.#sendHeld())) await this.#fill()
  }

  /** True when everything held is sent and nothing is missing; the feed is live from then on. */
  async #sendHeld(): Promise<boolean> {
    for (;;) {
      const held = this.#held ?? []
      if (held.length === 0) break
      this.#held = []
      const whole = await this.#deliver(held)
      if (this.#ended) return true
      if (!whole) return false
    }
    const { seen } = this.#topic
    // Live here before this feed began to hold, and after the read that it shared with others began.
    if (seen !== this.#readAfter && seen.epoch === this.#epoch && seen.offset > this.#offset) return false
    this.#held = undefined
    return true
  }

  /** False at a hole. */
  async #deliver(items: readonly Item[]): Promise<boolean> {
    for (const { epoch, offset, frame } of items) {
      if (this.#ended) return true
      const place = placeOf(this.#place, epoch, offset)
      if (place === 'hole') return false
      if (place === 'seen') continue
      this.#port.send(frame)
      this.#offset = offset
      const room = this.#port.room()
      if (room) await room
    }
    return true
  }

  /** Reads what is missing and sends it, or tells the client that it is gone. */
  async #fill(): Promise<void> {
    const read = await this.#readPatiently()
    if (this.#ended || !read) return
    this.#readAfter = read.seen
    if (read.items) return void (await this.#deliver(read.items))
    const why = whyLost(this.#place, read.top)
    this.#move(read.top)
    this.#port.gapped()
    this.#port.send(sessionFrame('sw.gap', { c: this.#name, cursor: read.top, why }))
  }

  async #readPatiently(): Promise<Read | undefined> {
    for (let waitMs = RETRY_MS; !this.#ended; waitMs = Math.min(LONGEST_RETRY_MS, waitMs * 2)) {
      try {
        return await this.#topic.read(this.#place)
      } catch (error) {
        this.#port.failed(error)
        await this.#port.timers.delay(waitMs)
      }
    }
    return undefined
  }
}
