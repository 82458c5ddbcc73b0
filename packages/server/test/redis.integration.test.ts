import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Backplane, Claim, NodeHandlers, Publication } from '../src/backplane/backplane.ts'
import { redisBackplane, type RedisBackplaneOptions } from '../src/redis.ts'
import { startRedis, type RedisServer } from './redis-server.ts'

const RETENTION = { messages: 1_000, ttlMs: 60_000 }
const CLAIM: Claim = { cid: 'cid', userId: 'ada', node: 'one', tx: 1, ttlMs: 60_000, dedupeMs: 60_000 }

let server: RedisServer
let redis: Redis

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
})

afterAll(async () => {
  redis.disconnect()
  await server.close()
})

let count = 0

async function setup({ node = 'one', ...options }: Partial<RedisBackplaneOptions> & { readonly node?: string } = {}) {
  const prefix = options.prefix ?? `test${++count}`
  const backplane = redisBackplane({ redis, timeoutMs: 1_000, ...options, prefix })
  const published: (Publication & { readonly topic: string; readonly epoch: string })[] = []
  const takenOver: unknown[] = []
  const interrupted = vi.fn<() => void>()
  const handlers: NodeHandlers = {
    published: (topic, epoch, publication) => published.push({ topic, epoch, ...publication }),
    takenOver: (sid, generation) => takenOver.push({ sid, generation }),
    interrupted,
  }
  await backplane.open(node, handlers)
  onTestFinished(() => backplane.close())
  const publish = (payload: string, topic = 'room') => backplane.publish({ topic, payload, retention: RETENTION })
  return { backplane, published, takenOver, interrupted, publish, prefix }
}

/** Publishes in order; the cursors. */
async function publishAll(backplane: Backplane, payloads: readonly string[], retention = RETENTION) {
  const cursors = []
  for (const payload of payloads) {
    const result = await backplane.publish({ topic: 'room', payload, retention })
    if (result.outcome !== 'ok') throw new Error(result.outcome)
    cursors.push(result.cursor)
  }
  return cursors
}

const numbered = (length: number): string[] => Array.from({ length }, (_, index) => `m${index + 1}`)

describe('redisBackplane', () => {
  it('survives the restart of a node', async () => {
    expect(redisBackplane({ redis }).durable).toBe(true)
  })

  it.each([
    [{ redis: 'redis://' as unknown as Redis }, 'redis'],
    [{ redis: undefined as unknown as Redis }, 'redis'],
    [{ redis: () => redis, prefix: '' }, 'prefix'],
    [{ redis: () => redis, timeoutMs: 0 }, 'timeoutMs'],
    [{ redis: () => redis, timeoutMs: Number.NaN }, 'timeoutMs'],
    [{ redis: () => redis, onError: 'log' as never }, 'onError'],
  ])('names the option that has a wrong value', (options, name) => {
    expect(() => redisBackplane(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(`"${name}" must be`) }),
    )
  })

  it('numbers what is published and reads back what follows a cursor, over many pages', async () => {
    const { backplane } = await setup()
    const cursors = await publishAll(backplane, numbered(600))
    const retention = { messages: 2_000, ttlMs: 60_000 }
    await Promise.all(numbered(601).map((payload) => backplane.publish({ topic: 'room', payload, retention })))
    const { top, publications } = await backplane.history('room', cursors[99], retention)
    expect(top).toEqual({ epoch: cursors[0]?.epoch, offset: 1_201 })
    expect(publications?.map(({ offset }) => offset)).toEqual(Array.from({ length: 1_101 }, (_, index) => index + 101))
    expect(publications?.[0]).toEqual({ offset: 101, payload: 'm101' })
  })

  it('tells the end of a log that does not exist, and keeps that epoch', async () => {
    const { backplane } = await setup()
    const { top, publications } = await backplane.history('room', undefined, RETENTION)
    expect([top.offset, publications]).toEqual([0, []])
    expect(await publishAll(backplane, ['a'])).toEqual([{ epoch: top.epoch, offset: 1 }])
    expect((await backplane.history('room', top, RETENTION)).publications).toEqual([{ offset: 1, payload: 'a' }])
  })

  it('has nothing to tell, and no hole, at the end of the log', async () => {
    const { backplane } = await setup()
    const [, end] = await publishAll(backplane, ['a', 'b'])
    expect(await backplane.history('room', end, RETENTION)).toEqual({ top: end, publications: [] })
  })

  it('keeps the position longer than the messages', async () => {
    const { backplane } = await setup()
    const brief = { messages: 10, ttlMs: 50 }
    const [first, last] = await publishAll(backplane, ['a', 'b'], brief)
    await vi.waitFor(async () => {
      expect((await backplane.history('room', first, brief)).publications).toBeUndefined()
    })
    expect(await backplane.history('room', last, brief)).toEqual({ top: last, publications: [] })
  })

  it('tells live messages of subscribed topics, whatever is in them', async () => {
    const { backplane, published, publish } = await setup()
    await backplane.subscribe('room')
    await publish('not asked for', 'other')
    const payload = '{"type":"1:2:3","data":"ü\\n\n:"}'
    await publish(payload)
    await vi.waitFor(() => expect(published).toMatchObject([{ topic: 'room', offset: 1, payload }]))
    await backplane.unsubscribe('room')
    await publish('later')
    await backplane.subscribe('room')
    await publish('last')
    await vi.waitFor(() => expect(published.map(({ offset }) => offset)).toEqual([1, 3]))
  })

  it('reports news that cannot be read, and reads the next', async () => {
    const onError = vi.fn<(error: unknown) => void>()
    const { backplane, published, takenOver, publish, prefix } = await setup({ onError })
    await backplane.subscribe('room')
    for (const bad of ['', 'x', '1', '1:', ':e:x', '1.5:e:x']) await redis.publish(`${prefix}:live:room`, bad)
    await redis.publish(`${prefix}:node:one`, 'nonsense')
    await publish('good')
    await vi.waitFor(() => expect(published).toMatchObject([{ payload: 'good' }]))
    expect(onError).toHaveBeenCalledTimes(7)
    expect(takenOver).toEqual([])
  })

  it('takes each number once, in order, published or not', async () => {
    const { backplane } = await setup()
    const { sid, generation, highest } = await backplane.claim(CLAIM)
    expect(highest).toBeUndefined()
    const origin = (n: number) => ({ cid: 'cid', sid, generation, n })
    const publish = (n: number) =>
      backplane.publish({ topic: 'room', payload: `m${n}`, retention: RETENTION, origin: origin(n) })
    expect(await publish(1)).toMatchObject({ outcome: 'ok', cursor: { offset: 1 } })
    expect(await publish(1)).toEqual({ outcome: 'duplicate' })
    expect(await publish(3)).toEqual({ outcome: 'gap', want: 2 })
    expect(await backplane.accept(origin(2), 60_000)).toEqual({ outcome: 'ok' })
    expect(await backplane.accept(origin(2), 60_000)).toEqual({ outcome: 'duplicate' })
    expect(await backplane.accept(origin(4), 60_000)).toEqual({ outcome: 'gap', want: 3 })
    expect(await publish(3)).toMatchObject({ outcome: 'ok', cursor: { offset: 2 } })
    expect((await backplane.claim({ ...CLAIM, sid, tx: 2 })).highest).toBe(3)
  })

  it('goes on where the client says that everything is settled', async () => {
    const { backplane } = await setup()
    const { sid, generation } = await backplane.claim({ ...CLAIM, tx: 17 })
    expect(await backplane.accept({ cid: 'cid', sid, generation, n: 16 }, 60_000)).toEqual({ outcome: 'duplicate' })
    expect(await backplane.accept({ cid: 'cid', sid, generation, n: 17 }, 60_000)).toEqual({ outcome: 'ok' })
    expect((await backplane.claim({ ...CLAIM, sid, tx: 30 })).highest).toBe(29)
  })

  it('counts far beyond what Lua writes in full', async () => {
    const { backplane } = await setup()
    const n = 2 ** 53 - 2
    const { sid, generation } = await backplane.claim({ ...CLAIM, tx: n })
    expect(await backplane.accept({ cid: 'cid', sid, generation, n }, 60_000)).toEqual({ outcome: 'ok' })
    expect((await backplane.claim({ ...CLAIM, sid })).highest).toBe(n)
  })

  it('gives a session only to its user, and remembers numbers only for their user', async () => {
    const { backplane } = await setup()
    const ada = await backplane.claim({ ...CLAIM, tx: 5 })
    const eve = await backplane.claim({ ...CLAIM, sid: ada.sid, userId: 'eve' })
    expect(eve).toMatchObject({ status: 'lost', highest: undefined, previousNode: undefined })
    expect(eve.sid).not.toBe(ada.sid)
    expect(eve.generation).toBeGreaterThan(ada.generation)
    expect(await backplane.claim({ ...CLAIM, sid: 'guessed' })).toMatchObject({ status: 'lost' })
  })

  it('forgets a session after its time, and keeps one that is touched', async () => {
    const { backplane } = await setup()
    const { sid } = await backplane.claim({ ...CLAIM, ttlMs: 200, dedupeMs: 200 })
    await backplane.touch(sid, 60_000)
    const other = await backplane.claim({ ...CLAIM, cid: 'other', ttlMs: 30, dedupeMs: 30 })
    await vi.waitFor(async () => expect(await redis.exists(await sessionKey(other.sid))).toBe(0))
    expect(await backplane.claim({ ...CLAIM, cid: 'other', sid: other.sid })).toMatchObject({
      status: 'lost',
      highest: undefined,
    })
    expect(await backplane.claim({ ...CLAIM, sid })).toMatchObject({ status: 'resumed', highest: 0 })
    await expect(backplane.touch('unknown', 1_000)).resolves.toBeUndefined()
  })

  it('lets nobody write whose client id is forgotten: the client has to come again', async () => {
    const { backplane } = await setup()
    const { sid, generation } = await backplane.claim({ ...CLAIM, dedupeMs: 1 })
    await vi.waitFor(async () => {
      const outcome = await backplane.accept({ cid: 'cid', sid, generation, n: 9 }, 1)
      expect(outcome).toEqual({ outcome: 'fenced' })
    })
  })

  it('shows no session id in keys, nor a topic that is private to one', async () => {
    const { backplane, prefix } = await setup()
    const { sid } = await backplane.claim(CLAIM)
    const topic = `#${sid}`
    await backplane.subscribe(topic)
    await backplane.publish({ topic, payload: 'a', retention: RETENTION })
    const keys = await redis.keys(`${prefix}:*`)
    expect(keys).toHaveLength(4)
    const channels = (await redis.call('PUBSUB', 'CHANNELS', `${prefix}:*`)) as string[]
    expect(channels).toHaveLength(2)
    expect([...keys, ...channels].join()).not.toContain(sid)
  })

  it('takes a function that makes connections, and the key prefix of a given connection', async () => {
    const { publish, prefix } = await setup({ redis: (options) => new Redis(server.url, options) })
    await publish('a')
    expect(await redis.exists(`${prefix}:log:room`)).toBe(1)
    const prefixed = redis.duplicate({ keyPrefix: 'app:' })
    onTestFinished(() => prefixed.disconnect())
    const other = await setup({ redis: prefixed })
    await other.publish('a')
    expect(await redis.exists(`app:${other.prefix}:log:room`)).toBe(1)
  })

  it('ends the connections it made and leaves the given one', async () => {
    const { backplane, publish } = await setup()
    const before = await clients()
    await backplane.close()
    await vi.waitFor(async () => expect(await clients()).toBe(before - 2))
    await expect(publish('a')).rejects.toThrow('not open')
    await backplane.close()
    expect(await redis.ping()).toBe('PONG')
  })

  it('does not open where no Redis is, and says why', async () => {
    const options = { port: 1, host: '127.0.0.1', lazyConnect: true }
    const backplane = redisBackplane({ redis: new Redis(options) })
    const handlers = { published: () => {}, takenOver: () => {}, interrupted: () => {} }
    const error = await backplane.open('one', handlers).catch((reason: unknown) => reason as Error)
    expect(error).toMatchObject({ message: 'Redis cannot be reached.', cause: { code: 'ECONNREFUSED' } })
  })
})

async function sessionKey(sid: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  return `test${count}:session:${createHash('sha256').update(sid).digest('base64url')}`
}

async function clients(): Promise<number> {
  return ((await redis.client('LIST')) as string).trim().split('\n').length
}
