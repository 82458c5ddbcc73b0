export { redisBackplane } from './redis/redis-backplane.ts'
export type { RedisBackplaneOptions, RedisConnectionOptions, RedisSource } from './redis/options.ts'
