import { randomBytes } from 'node:crypto'
import type { Cursor } from '@statewire/core/protocol'
import type { Redis } from 'ioredis'
import type {
  Accepted,
  Backplane,
  Claim,
  Claimed,
  History,
  NodeHandlers,
  Origin,
  Publication,
  Publish,
  Published,
  Retention,
} from '../backplane/backplane.ts'
import { ServerError } from '../errors.ts'
import { endConnection, makeConnection, untilReady } from './connections.ts'
import { hash, Keys } from './keys.ts'
import {
  resolveRedisBackplaneOptions,
  type RedisBackplaneOptions,
  type ResolvedRedisBackplaneOptions,
} from './options.ts'
import { followsOn, parseRefused, toPublication, type StreamEntry } from './replies.ts'
import { SCRIPTS, type Scripts } from './scripts.ts'
import { Subscriber } from './subscriber.ts'

/** Entries read at once from a log. */
const PAGE = 500

/** A topic's position is kept this many times longer than its messages: who missed nothing can still be told so. */
const TOP_TTL_FACTOR = 10

interface Link {
  readonly redis: Redis
  readonly scripts: Scripts
  readonly subscriber: Subscriber
}

class RedisBackplane implements Backplane {
  readonly durable = true
  readonly #options: ResolvedRedisBackplaneOptions
  readonly #keys: Keys
  #link: Link | undefined

  constructor(options: ResolvedRedisBackplaneOptions) {
    this.#options = options
    this.#keys = new Keys(options.prefix)
  }

  async open(node: string, handlers: NodeHandlers): Promise<void> {
    if (this.#link) throw new ServerError('CLOSED', 'This backplane is open already: each server needs one of its own.')
    const redis = makeConnection(this.#options)
    for (const [name, script] of Object.entries(SCRIPTS)) redis.defineCommand(name, script)
    const { onError } = this.#options
    const connection = makeConnection(this.#options)
    const subscriber = new Subscriber({ connection, commands: redis, keys: this.#keys, node, handlers, onError })
    this.#link = { redis, scripts: redis as unknown as Scripts, subscriber }
    try {
      await Promise.all([untilReady(redis), subscriber.start()])
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async publish({ topic, payload, retention, origin }: Publish): Promise<Published> {
    const { scripts } = this.#open()
    const keys = [this.#keys.log(topic), this.#keys.top(topic)]
    const { messages, ttlMs } = retention
    const message = [newEpoch(), payload, messages, ttlMs, topTtlMs(retention), this.#keys.live(topic)]
    const reply = origin
      ? await scripts.swPublishNumbered(...keys, ...this.#writerKeys(origin), ...message, ...writerArguments(origin))
      : await scripts.swPublish(...keys, ...message)
    const [, epoch, offset] = reply as readonly unknown[]
    return (
      parseRefused(reply as readonly unknown[]) ?? {
        outcome: 'ok',
        cursor: { epoch: String(epoch), offset: Number(offset) },
      }
    )
  }

  async accept(origin: Origin, dedupeMs: number): Promise<Accepted> {
    const { scripts } = this.#open()
    const reply = await scripts.swAccept(...this.#writerKeys(origin), ...writerArguments(origin), dedupeMs)
    return parseRefused(reply as readonly unknown[]) ?? { outcome: 'ok' }
  }

  async subscribe(topic: string): Promise<void> {
    await this.#open().subscriber.subscribe(topic)
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.#open().subscriber.unsubscribe(topic)
  }

  async history(topic: string, since: Cursor | undefined, retention: Retention): Promise<History> {
    const { scripts, subscriber } = this.#open()
    // Who compares positions wonders whether news arrive.
    if (!since) subscriber.probe()
    const reply = await scripts.swHistory(
      this.#keys.log(topic),
      this.#keys.top(topic),
      newEpoch(),
      topTtlMs(retention),
      since?.epoch ?? '',
      since?.offset ?? 0,
      retention.messages,
      PAGE,
    )
    const [epoch, offset, entries] = reply as readonly [string, number, StreamEntry[] | undefined]
    const top = { epoch, offset: Number(offset) }
    if (!since) return { top, publications: [] }
    if (!entries) return { top, publications: undefined }
    const publications = await this.#readOn(topic, entries.map(toPublication), top.offset)
    return { top, publications: followsOn(publications, since.offset, top.offset) ? publications : undefined }
  }

  async claim(claim: Claim): Promise<Claimed> {
    const { scripts } = this.#open()
    const { cid, sid: named, userId, node, tx, ttlMs, dedupeMs } = claim
    const fresh = randomBytes(16).toString('base64url')
    const reply = await scripts.swClaim(
      this.#keys.client(cid),
      this.#keys.session(named ?? fresh),
      this.#keys.session(fresh),
      hash(userId),
      node,
      tx,
      ttlMs,
      dedupeMs,
      named === undefined ? '' : hash(named),
      hash(fresh),
      named ?? '',
      this.#keys.node(''),
    )
    const [status, generation, highest, previousNode] = reply as readonly [
      Claimed['status'],
      number,
      number | null,
      string | null,
    ]
    return {
      sid: status === 'resumed' && named !== undefined ? named : fresh,
      status,
      generation: Number(generation),
      highest: highest === null ? undefined : Number(highest),
      previousNode: previousNode ?? undefined,
    }
  }

  async touch(sid: string, ttlMs: number): Promise<void> {
    await this.#open().scripts.swTouch(this.#keys.session(sid), ttlMs)
  }

  async close(): Promise<void> {
    const link = this.#link
    this.#link = undefined
    if (link) await Promise.all([endConnection(link.redis), link.subscriber.close()])
  }

  #open(): Link {
    if (!this.#link) throw new ServerError('CLOSED', 'This backplane is not open.')
    return this.#link
  }

  #writerKeys({ cid, sid }: Origin): string[] {
    return [this.#keys.client(cid), this.#keys.session(sid)]
  }

  /** Reads the pages after the first, as long as they go on without a hole. */
  async #readOn(topic: string, first: readonly Publication[], last: number): Promise<Publication[]> {
    const publications = [...first]
    let page = first
    while (page.length === PAGE) {
      const next = (publications.at(-1)?.offset ?? 0) + 1
      if (next > last) break
      const entries = await this.#open().redis.xrange(this.#keys.log(topic), `${next}-0`, `${last}-0`, 'COUNT', PAGE)
      page = entries.map(toPublication)
      publications.push(...page)
    }
    return publications
  }
}

/**
 * A backplane for several server nodes on one Redis 7 (with replicas, if you like; not Redis Cluster): topics as streams, one
 * script for each message, news by pub/sub. Give each server one of its own.
 *
 * What was accepted is as durable as that Redis: with its default `appendfsync everysec` a crash of the machine may take the last
 * second, and a failover what had not reached the replica. A log that went back is noticed and told to subscribers, unless as
 * much was published anew before they came back.
 *
 * @example
 * const redis = (options: RedisConnectionOptions) => new Redis('redis://127.0.0.1', options)
 * const server = createServer({ port: 8080, backplane: redisBackplane({ redis }) })
 * @throws {ServerError} `INVALID_OPTION`
 */
export function redisBackplane(options: RedisBackplaneOptions): Backplane {
  return new RedisBackplane(resolveRedisBackplaneOptions(options))
}

function writerArguments({ n, generation, sid }: Origin): (string | number)[] {
  return [n, generation, hash(sid)]
}

function topTtlMs({ ttlMs }: Retention): number {
  return TOP_TTL_FACTOR * ttlMs
}

function newEpoch(): string {
  return randomBytes(8).toString('base64url')
}
