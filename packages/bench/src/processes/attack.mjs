import { connect } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

// One kind of hostile client, many at a time, each back as soon as it is thrown out. Begins at once, and ends when it is killed.
const [name, given, longestMs] = process.argv.slice(2)
setTimeout(() => process.exit(1), Number(longestMs))
process.on('disconnect', () => process.exit(0))

const port = Number(given)
// Not the address of those who mean well.
const localAddress = '127.0.1.1'
const MOST_BUFFERED_BYTES = 1_048_576
const AT_ONCE = 50
const DRIP_MS = 100
const JUNK = 'x'.repeat(4_096)
/** A masked text frame that says it will be 64,000 bytes long. */
const FRAME_HEAD = Buffer.from([0x81, 0xfe, 0xfa, 0x00, 0, 0, 0, 0])

let made = 0

/** Each is one client from its first byte until it is thrown out. */
const attacks = {
  'messages as fast as the link takes them': { many: 20, live: () => flood(() => '{"type":"msg","data":"hello"}') },
  'numbered messages as fast': {
    many: 20,
    live: () => flood((n) => `{"type":"msg","data":"hello","sw":{"n":${n}}}`, { hello: true }),
  },
  'frames of 10 MB': { many: 20, live: () => flood(() => HUGE) },
  'never reads a topic of 1.6 MB/s': { many: 50, live: neverRead },
  'connects and says nothing': { many: 1_000, live: sayNothing },
  'subscribes to 256 topics a frame, new ones each time': { many: 20, live: () => flood(storm, { hello: true }) },
  'no JSON': { many: 20, live: () => flood(() => JUNK) },
  'an upgrade request, a byte each 100 ms': { many: 1_000, live: () => drip(Buffer.from(HEADERS)) },
  'a frame of 64 KB, a byte each 100 ms': { many: 500, live: dripFrame },
  'wrong tokens': { many: AT_ONCE, live: () => greet({ token: 'bad' }).then(ended) },
  'a new session on each link': { many: AT_ONCE, live: newSession },
  'nothing but upgrades': { many: AT_ONCE, live: () => opened().then(terminated) },
}

const HUGE = Buffer.alloc(10_000_000, 0x20)
const HEADERS = `GET / HTTP/1.1\r\nHost: a\r\nX: ${JUNK}`

const { many, live } = attacks[name]
for (let i = 0; i < many; i++) void again()
process.send({})

async function again() {
  for (;;) {
    await live().catch(() => {})
    // Thrown out, or not let in: the next one is here at once.
    await turn()
  }
}

async function flood(textOf, { hello = false } = {}) {
  const socket = await greet({ token: `good ${++made}`, hello })
  const end = ended(socket)
  for (let n = 1; socket.readyState === WebSocket.OPEN; n++) {
    socket.send(textOf(n))
    while (socket.bufferedAmount > MOST_BUFFERED_BYTES && socket.readyState === WebSocket.OPEN) await sleep(5)
    if (n % 20 === 0) await turn()
  }
  await end
}

function storm(n) {
  const subs = Array.from({ length: 256 }, (_, index) => ({ id: n * 256 + index, c: `${made} ${n} ${index}` }))
  return JSON.stringify({ type: 'sw.sub', sw: { subs } })
}

async function neverRead() {
  const socket = await greet({ token: `good ${++made}`, hello: true })
  socket.send('{"type":"sw.sub","sw":{"subs":[{"id":1,"c":"topic"}]}}')
  socket.pause()
  // A socket that is not read does not notice its end; a write does.
  while (socket._socket && !socket._socket.destroyed) {
    await sleep(1_000)
    socket.ping(() => {})
  }
}

function sayNothing() {
  return opened().then(ended)
}

async function newSession() {
  const socket = await greet({ token: `good ${++made % 100}`, hello: true })
  await nextMessage(socket)
  socket.terminate()
}

async function terminated(socket) {
  socket.terminate()
}

async function dripFrame() {
  const socket = await greet({ token: `good ${++made}` })
  socket._socket.write(FRAME_HEAD)
  const timer = setInterval(() => socket._socket?.write(' '), DRIP_MS)
  await ended(socket).finally(() => clearInterval(timer))
}

function drip(bytes) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    let at = 0
    const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), DRIP_MS)
    socket.on('error', () => {})
    socket.resume().on('close', () => {
      clearInterval(timer)
      resolve()
    })
  })
}

/** Through authentication, and through hello if asked. */
async function greet({ token, hello = false }) {
  const socket = await opened()
  socket.send(JSON.stringify({ type: 'auth', data: token }))
  await nextMessage(socket)
  if (!hello) return socket
  socket.send(JSON.stringify({ type: 'sw.hello', sw: { v: 1, cid: crypto.randomUUID(), tx: 1 } }))
  return socket
}

function nextMessage(socket) {
  return new Promise((resolve, reject) => {
    socket.once('message', resolve)
    socket.once('close', reject)
  })
}

function opened() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { localAddress, perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', reject)
    socket.once('open', () => resolve(socket))
  })
}

function ended(socket) {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve()
  return new Promise((resolve) => socket.once('close', resolve))
}
