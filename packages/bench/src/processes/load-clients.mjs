import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { loadWires } from '../lib/load-wire.mjs'
import { microseconds } from '../lib/load.mjs'

// Many clients of one kind, on sockets without a library of theirs. Opens, sends and listens when told.
const [kind, port, localAddress, tokens, longestMs] = process.argv.slice(2)
setTimeout(() => process.exit(1), Number(longestMs))
process.on('disconnect', () => process.exit(0))

const OPENING_AT_ONCE = 50
const LINGER_MS = 3_000

const wire = loadWires[kind]
const clients = []
/** What was measured since the last time it was asked for, in microseconds. */
let acknowledged = []
let delivered = []

process.on('message', async ({ id, open, subscribe, chat, measured }) => {
  if (open) await openAll(open)
  if (subscribe) for (const { socket } of clients) socket.send(wire.subscribe)
  if (chat) await chatAll(chat)
  process.send({ id, ...(chat || measured ? results() : {}), open: clients.filter(isOpen).length })
})

async function openAll(count) {
  let left = count
  const work = async () => {
    while (left-- > 0) clients.push(await openOne(left))
  }
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, work))
}

function openOne(index) {
  const options = { localAddress, perMessageDeflate: false }
  const socket = new WebSocket(`ws://127.0.0.1:${port}${wire.path}`, options)
  const client = { socket, opened: false, sent: 0, settled: 0, sentAt: new Map() }
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => {
      if (tokens === 'true') socket.send(JSON.stringify({ type: 'auth', data: `good ${index}` }))
    })
    // In one piece: fragments come only when asked for.
    socket.on('message', (/** @type {Buffer} */ bytes) => {
      const frame = bytes.toString()
      for (const text of wire.split?.(frame) ?? [frame]) hear(text)
    })
    const hear = (text) => {
      if (client.opened) return take(client, text)
      client.opened = wire.greet(text, (answer) => socket.send(answer))
      if (client.opened) resolve(client)
    }
  })
}

function take(client, text) {
  const at = wire.said(text)
  if (at !== undefined) return void delivered.push(microseconds() - at)
  const answer = wire.answer?.(text)
  if (answer !== undefined) return client.socket.send(answer)
  const settled = wire.settled(text)
  if (settled === undefined) return
  const now = microseconds()
  // One number may stand for all before it.
  for (; client.settled < settled; client.settled++) {
    acknowledged.push(now - client.sentAt.get(client.settled + 1))
    client.sentAt.delete(client.settled + 1)
  }
}

/** Each client sends so many a second, none at the same moment as the others. */
async function chatAll({ perSecond, forMs }) {
  const periodMs = 1_000 / perSecond
  const from = performance.now()
  const steps = clients.flatMap((client, index) => ({ client, at: (index * periodMs) / clients.length }))
  for (let round = 0; round * periodMs < forMs; round++) {
    for (const { client, at } of steps) {
      const waitMs = from + round * periodMs + at - performance.now()
      if (waitMs > 1) await sleep(waitMs)
      if (!isOpen(client)) continue
      client.sentAt.set(++client.sent, microseconds())
      client.socket.send(wire.send(client.sent))
    }
  }
  for (const end = performance.now() + LINGER_MS; performance.now() < end && unsettled() > 0;) await sleep(10)
}

function unsettled() {
  return clients.reduce((sum, { sentAt }) => sum + sentAt.size, 0)
}

function isOpen({ socket }) {
  return socket.readyState === WebSocket.OPEN
}

function results() {
  const made = { acknowledged, delivered, lost: unsettled() }
  acknowledged = []
  delivered = []
  return made
}
