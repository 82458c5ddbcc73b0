export { redisBackplane } from './redis/redis-backplane.ts'
export type { RedisBackplaneOptions, RedisSource } from './redis/options.ts'
