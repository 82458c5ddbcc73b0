import type { Redis } from 'ioredis'
import { ServerError } from '../errors.ts'

/** What every connection of a backplane needs of ioredis' options. */
export interface RedisConnectionOptions {
  readonly keyPrefix: string
  readonly lazyConnect: boolean
  readonly commandTimeout: number
  readonly socketTimeout: number
  readonly enableOfflineQueue: boolean
  readonly autoResendUnfulfilledCommands: boolean
  readonly autoResubscribe: boolean
  readonly maxRetriesPerRequest: number
}

/**
 * An ioredis connection, which is only copied and stays the caller's; or a function that makes one from the options it is
 * given, which it MUST pass on: they are what bounds every command in time.
 */
export type RedisSource = Redis | ((options: RedisConnectionOptions) => Redis)

export interface RedisBackplaneOptions {
  /** Where Redis is. Two connections are made of it: one for commands, one for news. */
  readonly redis: RedisSource
  /**
   * Begins every key and every pub/sub channel, followed by a colon. Servers with the same prefix on one Redis are nodes of one
   * system. An ioredis `keyPrefix` of the given connection goes before it.
   * @default 'sw'
   */
  readonly prefix?: string
  /**
   * Longest wait for Redis to answer a command, in milliseconds. After it the call rejects, its outcome unknown. A connection
   * that is silent twice as long while it owes an answer is replaced. While there is no connection, calls reject at once.
   * @default 5000
   */
  readonly timeoutMs?: number
  /**
   * Told of what fails outside of calls: connections lost and refused, news that cannot be read. It must not throw.
   * @default nobody
   */
  readonly onError?: (error: unknown) => void
}

export interface ResolvedRedisBackplaneOptions {
  readonly connect: (options: RedisConnectionOptions) => Redis
  readonly prefix: string
  readonly timeoutMs: number
  readonly onError: (error: unknown) => void
}

/** Validates and fills in defaults. @throws {ServerError} `INVALID_OPTION` */
export function resolveRedisBackplaneOptions({
  redis,
  prefix = 'sw',
  timeoutMs = 5_000,
  onError = () => {},
}: RedisBackplaneOptions): ResolvedRedisBackplaneOptions {
  if (typeof redis !== 'function' && typeof redis?.duplicate !== 'function') {
    throw invalid('redis', 'an ioredis connection, or a function that makes one')
  }
  if (typeof prefix !== 'string' || prefix === '') throw invalid('prefix', 'a string that is not empty')
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0)) throw invalid('timeoutMs', 'a number above 0')
  if (typeof onError !== 'function') throw invalid('onError', 'a function')
  if (typeof redis === 'function') return { connect: redis, prefix, timeoutMs, onError }
  return {
    connect: (options) => redis.duplicate(options),
    prefix: `${redis.options.keyPrefix ?? ''}${prefix}`,
    timeoutMs,
    onError,
  }
}

function invalid(option: string, expected: string): ServerError {
  return new ServerError('INVALID_OPTION', `Option "${option}" must be ${expected}.`)
}
