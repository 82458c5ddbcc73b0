import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { redisBackplane } from '../src/redis.ts'
import { describeBackplaneContract } from './backplane-contract.ts'
import { startRedis, type RedisServer } from './redis-server.ts'

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

let stores = 0

describeBackplaneContract('Redis', async () => {
  const prefix = `store${++stores}`
  return { node: () => redisBackplane({ redis, prefix }), pass: (ms) => delay(ms), dispose: async () => {} }
})
