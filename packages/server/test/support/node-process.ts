// A server node as a process of its own: bundled by `start-node.ts`, so that it can be killed.
import { Redis } from 'ioredis'
import { createServer } from '../../src/index.ts'
import { redisBackplane } from '../../src/redis.ts'

const [redisUrl = '', port = '0'] = process.argv.slice(2)

const server = createServer({
  port: Number(port),
  host: '127.0.0.1',
  authenticate: (token) => ({ id: token }),
  authorize: () => true,
  limits: { messagesPerSecond: 10_000, burst: 10_000 },
  topics: { retention: { messages: 100_000 } },
  backplane: redisBackplane({ redis: new Redis(redisUrl, { lazyConnect: true }), timeoutMs: 1_000 }),
})
await server.ready
process.stdout.write(`${server.port}\n`)
