import { append, createClient, latest } from '@statewire/core'
import { watch } from 'vue'
import { TYPES } from '../lib/frames.mjs'
import { CountingSocket, startServer } from '../lib/loopback.mjs'
import { quantile } from '../lib/measure.mjs'
import { storePeers, writing } from '../peers/store-peers.mjs'
import { createStore } from '../stores/pinia.mjs'

const BYTES = 300
const AT_ONCE = 10

export const title = 'Latency that is added'
export const about = `Ten messages of 300 B at a time over 127.0.0.1, flush \`sync\`, into Pinia: from the moment the frame is there to the moment a
synchronous watcher sees it in the store. The floor parses and assigns to a plain object; what is shown of the others is what they add to
its median or 99th percentile. Rounds of 300 messages, one subject after the other.`

export const groups = ['Pinia']

export async function run(_group, settings) {
  globalThis.WebSocket = CountingSocket
  const server = await startServer()
  try {
    const subjects = []
    for (const [name, opener] of Object.entries(openers())) subjects.push(await connected(name, opener, server))
    const [rounds, asks] = settings.quick ? [2, 2] : [20, 30]
    for (let round = -1; round < rounds; round++) {
      // The first round is for the optimiser.
      for (const one of subjects) await measure(one, { server, asks, keep: round >= 0 })
    }
    for (const { end } of subjects) end()
    return subjects.flatMap((one) => rowsOf(one, subjects[0]))
  } finally {
    server.end()
  }
}

function openers() {
  const scene = { state: () => ({ quote: null }), read: () => 0 }
  const written = writing(createStore, scene)
  const ours = (rule) => ({
    speaks: 'plain',
    async open({ url }) {
      const client = createClient({ url, webSocket: CountingSocket, flush: 'sync' })
      await client.connect()
      const made = createStore({ ...scene, wired: { client, wire: { quote: rule } } })
      return { ...made, end: () => (client.dispose(), made.end()) }
    },
  })
  return {
    floor: { speaks: 'plain', open: openFloor },
    'statewire, latest': ours(latest('quote')),
    'statewire, append 300': {
      ...ours(append('quote', { limit: 300 })),
    },
    ...storePeers.pinia,
    ...written,
  }
}

async function connected(name, { speaks, open }, server) {
  server.tell({ speaks })
  await server.hear('speaking')
  const state = () => ({ quote: name.includes('append') ? [] : null })
  const made = await open({ url: server.url, types: TYPES.slice(0, 1), createStore, scene: { state, read: () => 0 } })
  const to = await server.hear('opened')
  const subject = { name, to, socket: CountingSocket.last, samples: [], landed: 0, end: made.end }
  // Some hand messages on in promises: the next one may be there by then.
  const seen = () => {
    const { samples, socket } = subject
    samples.push((performance.now() - socket.arrivedAt[subject.landed++]) * 1_000)
  }
  if (made.store) watch(() => made.store.quote, seen, { flush: 'sync' })
  else made.onSeen(seen)
  return subject
}

async function measure(subject, { server, asks, keep }) {
  const { name, socket, to, samples } = subject
  const before = samples.length
  for (let i = 0; i < asks; i++) {
    const arrived = socket.more(AT_ONCE)
    subject.landed = 0
    server.tell({ give: AT_ONCE, bytes: BYTES, types: 1, to })
    await arrived
  }
  if (samples.length !== before + asks * AT_ONCE) throw new Error(`${name}: some messages did not land, or twice`)
  if (!keep) samples.length = before
}

function rowsOf({ name, samples }, { samples: floor }) {
  const isFloor = samples === floor
  return Object.entries({ p50: 0.5, p99: 0.99 }).map(([column, share]) => {
    const value = quantile(samples, share) - (isFloor ? 0 : quantile(floor, share))
    const row = { table: 'From the frame to the store, flush sync', subject: name, column }
    return { ...row, unit: isFloor ? 'µs' : 'µs more', median: value, min: value, max: value }
  })
}

async function openFloor({ url }) {
  const state = { quote: null }
  let seen = () => {}
  const socket = new WebSocket(url)
  socket.onmessage = ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    switch (type) {
      case 'quote':
        state.quote = data
        break
    }
    seen()
  }
  await new Promise((resolve) => socket.on('open', resolve))
  return { onSeen: (callback) => (seen = callback), end: () => (socket.terminate(), state) }
}

export const targets = [
  {
    aim: 'latency added at flush sync into Pinia: p50 at most 2 µs',
    of: (row) => row.subject === 'statewire, latest' && row.column === 'p50',
    by: 'time',
    most: 2,
  },
]
