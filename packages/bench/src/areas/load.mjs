import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { fileLimit, startLoadClients, startLoadServer } from '../lib/load.mjs'
import { quantile, spreadOf } from '../lib/measure.mjs'
import { startSlowLink } from '../lib/slow-link.mjs'

const IDLE = 10_000
const BUSY = 1_000
const PER_SECOND = 10
const BUSY_MS = 15_000
const PROCESSES = 2
const SPARE_FILES = 200
const SETTLE_MS = 2_000
/** Long enough for each client's heartbeat. */
const REST_MS = 30_000

const ROUND_TRIP_MS = 50
const PIPELINED = 1_000
const SENDS = { pipelined: PIPELINED, serial: 40, rounds: 5 }
const FEW_SENDS = { pipelined: 10, serial: 2, rounds: 1 }
/** A thousand messages within a second are more than a server allows one client by default. */
const RAISED = { messagesPerSecond: 10_000, burst: 10_000 }

const TABLES = { idle: 'Idle clients', busy: 'Messages', acked: 'Acknowledged sends of one client' }

export const title = 'Load on one node'
export const about = `One server, in a process of its own, and its clients in ${PROCESSES} others, on ${os.cpus().length} cores: all
of them share these, so a latency holds the waiting of the clients too. Open files of a process: ${fileLimit()}. *Idle*: ${IDLE.toLocaleString('en')}
clients with a session, or a socket.io connection; what the server's process takes more than before, when nothing can be collected.
*Messages*: ${BUSY.toLocaleString('en')} clients, ${BUSY_MS / 1_000} s; each sends ${PER_SECOND} a second and is told that they have
arrived (up: from the send to the acknowledgement), or the server sends ${PER_SECOND} a second to all (down). Statewire's topics are
stored and recovered, its broadcasts and socket.io's are not. *µs of the server*: its processor time for one message of one client. *Acknowledged sends*: the real clients, over a link with a round trip of
${ROUND_TRIP_MS} ms, all sends at once; statewire's limits were raised to ${RAISED.messagesPerSecond.toLocaleString('en')} messages a second.`

export const groups = ['idle, statewire', 'idle, socket.io', 'busy, statewire', 'busy, socket.io', 'acked']

export async function run(group, { quick }) {
  if (group === 'acked') return acked(quick ? FEW_SENDS : SENDS)
  const [what, kind] = group.split(', ')
  return what === 'idle'
    ? idle(kind, { wanted: quick ? 20 : IDLE, restMs: quick ? 0 : REST_MS })
    : busy(kind, quick ? [10, 500] : [BUSY, BUSY_MS])
}

async function idle(kind, { wanted, restMs }) {
  const count = Math.min(wanted, fileLimit() - SPARE_FILES)
  const server = await startLoadServer(kind)
  const parts = await startParts(kind, server.port)
  const before = await server.ask({ memory: true })
  await openAll(parts, count)
  await sleep(SETTLE_MS)
  const { cpuMs } = await server.ask({ usage: true })
  const from = performance.now()
  await sleep(restMs)
  const idling = ((await server.ask({ usage: true })).cpuMs - cpuMs) / (performance.now() - from)
  const after = await server.ask({ memory: true })
  const open = (await Promise.all(parts.map((part) => part.ask({})))).reduce((sum, part) => sum + part.open, 0)
  for (const one of [server, ...parts]) one.end()
  const each = (key) => (after[key] - before[key]) / 1_024 / count
  const common = { table: TABLES.idle, subject: kind, unit: 'KiB a client' }
  return [
    { ...common, column: 'memory (rss)', ...exactly(each('rss')), notes: { clients: open } },
    { ...common, column: 'heap', ...exactly(each('heapUsed')) },
    { ...common, column: 'processor, idle', ...exactly(idling * 100), unit: '% of a core' },
  ]
}

async function busy(kind, [count, forMs]) {
  const server = await startLoadServer(kind)
  const parts = await startParts(kind, server.port)
  await openAll(parts, count)
  if (kind === 'statewire') await Promise.all(parts.map((part) => part.ask({ subscribe: true })))
  const expected = count * Math.ceil((forMs * PER_SECOND) / 1_000)
  const measure = async (column, work) => {
    await sleep(SETTLE_MS / 2)
    const before = await server.ask({ usage: true })
    const times = await work()
    const after = await server.ask({ usage: true })
    const notes = {
      lost: expected - times.length,
      'µs of the server': ((after.cpuMs - before.cpuMs) / expected) * 1_000,
    }
    return { table: TABLES.busy, subject: kind, column, unit: 'ms', ...latencyOf(times, notes) }
  }
  const all = async (order, key) => (await Promise.all(parts.map((part) => part.ask(order)))).flatMap((one) => one[key])
  const rows = [
    await measure('up, acknowledged', () => all({ chat: { perSecond: PER_SECOND, forMs } }, 'acknowledged')),
  ]
  for (const by of kind === 'statewire' ? ['broadcast', 'publish'] : ['broadcast']) {
    const down = async () => {
      server.tell({ say: { by, perSecond: PER_SECOND, forMs } })
      await sleep(forMs + SETTLE_MS)
      return all({ measured: true }, 'delivered')
    }
    rows.push(await measure(by === 'publish' ? 'down, a topic' : 'down, a broadcast', down))
  }
  for (const one of [server, ...parts]) one.end()
  return rows
}

function latencyOf(times, notes) {
  const inMs = times.map((time) => time / 1_000)
  return { ...spreadOf(inMs), notes: { p99: quantile(inMs, 0.99), ...notes } }
}

function startParts(kind, port) {
  return Promise.all(Array.from({ length: PROCESSES }, (_, index) => startLoadClients(kind, { port, index })))
}

function openAll(parts, count) {
  return Promise.all(parts.map((part) => part.ask({ open: Math.floor(count / parts.length) })))
}

async function acked({ pipelined, serial, rounds }) {
  const all = `${pipelined.toLocaleString('en')} sends`
  const few = `${serial} sends`
  const cases = [
    ['statewire', all, (url) => statewireSends(url, pipelined)],
    ['socket.io', all, (url) => socketIoSends(url, pipelined)],
    ['socket.io, retries', few, (url) => socketIoSends(url, serial, RETRIES)],
    ['statewire', few, (url) => statewireSends(url, serial)],
  ]
  const rows = []
  for (const [subject, column, measure] of cases) {
    const times = []
    for (let round = 0; round < rounds; round++) times.push(await overLink(subject.split(',')[0], measure))
    rows.push({ table: TABLES.acked, subject, column, unit: 'ms', ...spreadOf(times) })
  }
  return rows
}

const RETRIES = { retries: 5, ackTimeout: 10_000 }

async function overLink(kind, measure) {
  const server = await startLoadServer(kind, kind === 'statewire' ? { limits: RAISED } : {})
  const link = await startSlowLink({ port: server.port, eachWayMs: ROUND_TRIP_MS / 2 })
  try {
    return await measure(link.url)
  } finally {
    link.end()
    server.end()
  }
}

async function statewireSends(url, count) {
  const client = createClient({ url, webSocket: WebSocket, session: session({ required: true }) })
  await client.connect()
  const from = performance.now()
  await Promise.all(Array.from({ length: count }, (_, n) => client.send('msg', n)))
  const took = performance.now() - from
  client.dispose()
  return took
}

async function socketIoSends(url, count, options = {}) {
  const socket = io(url.replace(/^ws/, 'http'), { transports: ['websocket'], forceNew: true, ...options })
  await new Promise((resolve) => socket.once('connect', resolve))
  const from = performance.now()
  await Promise.all(Array.from({ length: count }, (_, n) => socket.emitWithAck('msg', n)))
  const took = performance.now() - from
  socket.disconnect()
  return took
}

const exactly = (value) => ({ median: value, min: value, max: value })

export const targets = [
  {
    aim: `${PIPELINED.toLocaleString('en')} acknowledged sends at a round trip of ${ROUND_TRIP_MS} ms: within a second`,
    of: (row) => row.subject === 'statewire' && row.column === `${PIPELINED.toLocaleString('en')} sends`,
    by: 'time',
    most: 1_000,
  },
  {
    aim: 'nothing lost under load',
    of: (row) => row.subject === 'statewire' && row.table === TABLES.busy,
    by: 'lost',
    most: 0,
  },
]
