import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from '@statewire/server'
import { Server as SocketIo } from 'socket.io'
import { microseconds } from '../lib/load.mjs'
import { heapInUse } from '../lib/measure.mjs'

// The server of `load` and `hostile`, of one kind, in a process of its own. Does what its parent says, and tells of itself.
const [kind, options, longestMs] = process.argv.slice(2)
setTimeout(() => process.exit(1), Number(longestMs))
process.on('disconnect', () => process.exit(0))

const SAMPLE_MS = 50
const LOOP_MS = 10
const VERIFY_MS = 2

const server = await { statewire, 'socket.io': socketIo }[kind](JSON.parse(options))
let peakRss = 0
setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), SAMPLE_MS).unref()
const loop = monitorEventLoopDelay({ resolution: LOOP_MS })
loop.enable()
process.on('message', (order) => void obey(order))
process.send({ port: server.port })

async function obey({ id, ...order }) {
  if (order.usage) return process.send({ id, ...usage() })
  if (order.memory) return process.send({ id, heapUsed: await heapInUse(), rss: process.memoryUsage.rss() })
  if (order.say) return say(order.say)
}

/** Since the last time it was asked: peak memory, and the longest that the event loop was held up; and processor time. */
function usage() {
  const { user, system } = process.cpuUsage()
  const rss = process.memoryUsage.rss()
  const peak = Math.max(rss, peakRss)
  peakRss = rss
  const heldUpMs = loop.max / 1e6 - LOOP_MS
  loop.reset()
  return { peak, heldUpMs, cpuMs: (user + system) / 1_000, metrics: server.metrics?.() }
}

async function say({ by, perSecond, forMs, bytes = 0 }) {
  const padding = 'x'.repeat(bytes)
  const until = performance.now() + forMs
  for (let next = performance.now(); next < until; next += 1_000 / perSecond) {
    await sleep(Math.max(0, next - performance.now()))
    server[by]({ at: microseconds(), padding })
  }
}

async function statewire({ limits, auth = false }) {
  // As slow as a look into a cache over a network.
  const verified = async (token) => {
    await sleep(VERIFY_MS)
    return token.startsWith('good') ? { id: token } : null
  }
  const server = createServer({
    port: 0,
    host: '127.0.0.1',
    messages: { msg: () => {} },
    ...(limits ? { limits } : {}),
    ...(auth ? { authenticate: verified } : {}),
  })
  await server.ready
  return {
    port: server.port,
    metrics: () => server.metrics(),
    broadcast: (data) => server.broadcast('said', data),
    publish: (data) => void server.publish('topic', 'said', data),
  }
}

async function socketIo() {
  const io = new SocketIo(0, { transports: ['websocket'] })
  io.on('connection', (socket) => socket.on('msg', (_data, acknowledge) => acknowledge?.()))
  await new Promise((resolve) => io.httpServer.once('listening', resolve))
  return { port: io.httpServer.address().port, broadcast: (data) => io.emit('said', data) }
}
