import { setTimeout as sleep } from 'node:timers/promises'
import { CountingSocket, startServer } from '../lib/loopback.mjs'
import { spreadOf } from '../lib/measure.mjs'
import { byHand, reconnecting } from '../peers/reconnecting.mjs'

const DELAY_MS = 10
const AWAY_MS = 1_000
const MOST_MS = 20_000
const STEP_MS = 100

export const title = 'Back after a loss'
export const about = `Over 127.0.0.1, the server in another process. *One client*: the server ends the connection; from that to messages can
flow again, every client told to wait ${DELAY_MS} ms (floor: a new socket ${DELAY_MS} ms after the old one closed). *A herd*: the server drops all
clients at once, is away for a second and comes back; every client as it is by default. \`peak\`: most connections accepted in ${STEP_MS} ms;
\`back\`: clients that were back within ${MOST_MS / 1_000} s.`

const subjects = { floor: byHand, ...reconnecting }
export const groups = Object.keys(subjects)

export async function run(name, { quick }) {
  globalThis.WebSocket = CountingSocket
  const server = await startServer()
  try {
    const subject = { name, ...subjects[name] }
    server.tell({ speaks: subject.speaks })
    await server.hear('speaking')
    const one = await oneClient(subject, { server, losses: quick ? 2 : 30 })
    return [one, ...(await herd(subject, { server, clients: quick ? 5 : 1_000 }))]
  } finally {
    server.end()
  }
}

async function oneClient({ name, open }, { server, losses }) {
  const times = []
  let dropped = 0
  let again = () => {}
  const ready = () => {
    if (dropped > 0) times.push(performance.now() - dropped)
    again()
  }
  const until = () => new Promise((resolve) => (again = resolve))
  const opened = until()
  const { end } = await open({ url: server.url, delayMs: DELAY_MS, ready })
  await opened
  for (let i = 0; i <= losses; i++) {
    const back = until()
    await sleep(30)
    dropped = performance.now()
    server.tell({ drop: true })
    await Promise.race([back, sleep(2_000)])
  }
  end()
  // The first one is for the optimiser.
  return { table: 'Back after a loss', subject: name, column: 'one client', unit: 'ms', ...spreadOf(times.slice(1)) }
}

async function herd({ name, open }, { server, clients }) {
  let back = []
  const ends = []
  // A short run shows that it works, not what it takes.
  const patience = clients < 100 ? { delayMs: DELAY_MS } : {}
  for (let i = 0; i < clients; i++) {
    const { end } = await open({ url: server.url, ...patience, ready: () => back.push(Date.now()) })
    ends.push(end)
    // Not more at a time than any server takes.
    if (i % 20 === 19) await sleep(5)
  }
  await waitFor(() => back.length >= clients)
  back = []
  server.tell({ away: true })
  await server.hear('gone')
  await sleep(clients < 100 ? 50 : AWAY_MS)
  server.said.length = 0
  const from = Date.now()
  server.tell({ listen: server.port })
  await waitFor(() => back.length >= clients)
  for (const end of ends) end()
  const waits = back.map((at) => at - from)
  const notes = { back: waits.length, peak: peakOf(server.said.flatMap(({ at }) => at ?? [])) }
  const common = { table: 'Back after a loss', subject: name, unit: 'ms' }
  return [{ ...common, column: `herd of ${clients.toLocaleString('en')}, a client's wait`, ...spreadOf(waits), notes }]
}

async function waitFor(done) {
  for (const end = Date.now() + MOST_MS; Date.now() < end && !done();) await sleep(20)
}

function peakOf(times) {
  const sorted = times.toSorted((a, b) => a - b)
  let peak = 0
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while (sorted[to] - sorted[from] >= STEP_MS) from += 1
    peak = Math.max(peak, to - from + 1)
  }
  return peak
}
