import type { Redis } from 'ioredis'
import type { RedisConnectionOptions, ResolvedRedisBackplaneOptions } from './options.ts'

/**
 * Makes a connection whose commands are never held back and never repeated by ioredis: each goes out at once or is refused, is
 * answered in time or rejects, and who asked decides whether to ask again.
 */
export function makeConnection({ connect, timeoutMs, onError }: ResolvedRedisBackplaneOptions): Redis {
  const options: RedisConnectionOptions = {
    keyPrefix: '',
    lazyConnect: true,
    commandTimeout: timeoutMs,
    socketTimeout: 2 * timeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Its own would be a promise nobody looks at.
    autoResubscribe: false,
    // Rejects what was sent and not answered as soon as the connection is lost.
    maxRetriesPerRequest: 0,
  }
  const connection = connect(options)
  connection.on('error', onError)
  return connection
}

/** Waits for the first connection. Rejects when it fails, though ioredis would go on trying. */
export function untilReady(connection: Redis): Promise<void> {
  if (connection.status === 'ready') return Promise.resolve()
  return new Promise((resolve, reject) => {
    let problem: unknown
    const failed = (error: unknown): void => {
      problem = error
    }
    const settle = (outcome: () => void) => (): void => {
      connection.off('ready', ready).off('close', closed).off('end', closed).off('error', failed)
      outcome()
    }
    const ready = settle(resolve)
    const closed = settle(() => reject(new Error('Redis cannot be reached.', { cause: problem })))
    connection.on('ready', ready).on('close', closed).on('end', closed).on('error', failed)
    // Its outcome is in the events.
    if (connection.status === 'wait') connection.connect().catch(() => {})
  })
}

/** Ends a connection for good. Bounded by `disconnectTimeout` of ioredis (2 s) when Redis does not answer. */
export async function endConnection(connection: Redis): Promise<void> {
  const { status } = connection
  if (status === 'end') return
  await new Promise<void>((resolve) => {
    connection.once('end', resolve)
    connection.disconnect()
    // Between two attempts there is nothing to end, and no event of it.
    if (status === 'reconnecting') resolve()
  })
}
