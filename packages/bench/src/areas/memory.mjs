import { createClient, latest } from '@statewire/core'
import { heapInUse } from '../lib/measure.mjs'
import { StubSocket } from '../lib/stub-socket.mjs'
import { reconnecting } from '../peers/reconnecting.mjs'
import { speech } from '../peers/speech.mjs'
import { createStore } from '../stores/pinia.mjs'

const RECONNECTS = 2_000
const ROUNDS = 5

export const title = 'Memory'
export const about = `Heap after collection. An idle client: open, on a socket without a network, what the socket takes (floor: a socket with
four listeners) taken off; default options. Reconnects: one client with a wired Pinia store, ${ROUNDS} × ${RECONNECTS.toLocaleString('en')} of them; the growth is that of a
straight line through the readings after each round. Ended: what is left of clients and stores that were made and disposed of.`

export const groups = [...Object.keys(reconnecting), 'reconnects', 'ended']

/** The openers of the others are those of `reconnect`. */
export const quickGroups = ['statewire', 'reconnects', 'ended']

export async function run(group, settings) {
  globalThis.WebSocket = StubSocket
  if (group === 'reconnects') return [await reconnects(settings)]
  if (group === 'ended') return [await ended(settings)]
  return [await idle(group, settings)]
}

async function idle(name, { quick }) {
  const count = quick ? 20 : 1_000
  const { speaks, open } = reconnecting[name]
  StubSocket.speech = speech[speaks]
  const url = 'ws://127.0.0.1:1'
  const kept = []
  const grow = async (make) => {
    const from = kept.length
    const before = await heapInUse()
    for (let i = 0; i < count; i++) kept.push(await make())
    await new Promise((resolve) => setTimeout(resolve, 20))
    const bytes = ((await heapInUse()) - before) / count
    return { bytes, made: kept.slice(from) }
  }
  const peer = () =>
    new Promise((resolve) => void open({ url, ready: () => resolve(opened) }).then((one) => (opened = one)))
  let opened
  const bare = async () => {
    const socket = new StubSocket(url)
    for (const type of ['open', 'message', 'close', 'error']) socket.addEventListener(type, () => {})
    await Promise.resolve()
    return { end: () => socket.close() }
  }
  // What is loaded and made once does not count.
  for (const make of [bare, peer]) for (let i = 0; i < 50; i++) kept.push(await make())
  const socket = await grow(bare)
  const client = await grow(peer)
  const kB = (client.bytes - socket.bytes) / 1_000
  for (const one of kept) one?.end()
  return {
    table: 'An idle client beside its socket',
    subject: name,
    column: 'heap',
    unit: 'kB',
    median: kB,
    min: kB,
    max: kB,
  }
}

async function reconnects({ quick }) {
  StubSocket.speech = speech.plain
  const client = createClient({ url: 'ws://127.0.0.1:1', webSocket: StubSocket, reconnect: { delayMs: 1 } })
  createStore({ state: () => ({ quote: null }), read: () => 0, wired: { client, wire: { quote: latest('quote') } } })
  await client.connect()
  const often = quick ? 20 : RECONNECTS
  // Until the optimiser has seen it all, the heap holds more and more of what it learnt.
  await lose(client, quick ? 20 : 3 * RECONNECTS)
  const readings = [await heapInUse()]
  for (let round = 0; round < ROUNDS; round++) {
    await lose(client, often)
    readings.push(await heapInUse())
  }
  client.dispose()
  const kB = (slopeOf(readings) * ROUNDS) / 1_000
  const base = { table: 'Growth of the heap', subject: 'statewire, 10,000 reconnects', column: 'growth', unit: 'kB' }
  return { ...base, median: kB, min: kB, max: kB }
}

function lose(client, times) {
  return new Promise((resolve) => {
    let left = times
    const end = client.on('state', ({ status }) => {
      if (status !== 'open') return
      left -= 1
      if (left > 0) return drop()
      end()
      resolve()
    })
    const drop = () => {
      StubSocket.last.deliver({ type: 'message', data: '{"type":"quote","data":{"price":1}}' })
      setImmediate(() => StubSocket.last.drop())
    }
    drop()
  })
}

/** Of the straight line that fits best, by step. */
function slopeOf(values) {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let above = 0
  let below = 0
  values.forEach((value, i) => {
    above += (i - middle) * (value - mean)
    below += (i - middle) ** 2
  })
  return above / below
}

async function ended({ quick }) {
  StubSocket.speech = speech.plain
  const cycle = async () => {
    const client = createClient({ url: 'ws://127.0.0.1:1', webSocket: StubSocket })
    const wired = { client, wire: { quote: latest('quote') } }
    const store = createStore({ state: () => ({ quote: null }), read: () => 0, wired })
    await client.connect()
    StubSocket.last.deliver({ type: 'message', data: '{"type":"quote","data":{"price":1}}' })
    client.dispose()
    store.end()
    // Collected each time: the table of Vue's proxies would grow with what waits for the collector, and keep its size.
    await globalThis.gc({ execution: 'async' })
  }
  for (let i = 0; i < 50; i++) await cycle()
  const count = quick ? 10 : 200
  const before = await heapInUse()
  for (let i = 0; i < count; i++) await cycle()
  const kB = ((await heapInUse()) - before) / count / 1_000
  const base = {
    table: 'Growth of the heap',
    subject: 'statewire, a client and a store made and ended',
    column: 'growth',
  }
  return { ...base, unit: 'kB', median: kB, min: kB, max: kB }
}

export const targets = [
  {
    aim: 'an idle client: at most 5 kB beside its socket',
    of: ({ subject }) => subject === 'statewire',
    by: 'time',
    most: 5,
  },
  {
    aim: '5 × 2,000 reconnects: the heap grows by at most 256 kB',
    of: ({ subject }) => subject.endsWith('reconnects'),
    by: 'time',
    most: 256,
  },
]
