import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Sender, WebSocketServer } from 'ws'

// Serves the built page, and 20,000 messages of 300 B a second to whoever connects: a tenth of them points, the rest rows. Each is
// a frame of its own, or, at the path /joined, what one tick has goes in one frame, a message a line.
const [folder, perSecond, longestMs] = process.argv.slice(2)
setTimeout(() => process.exit(1), Number(longestMs))
process.on('disconnect', () => process.exit(0))

const TICK_MS = 5
const BYTES = 300
const ROWS = 1_000
/** Of a frame of 126 B to 64 KiB. */
const HEADER_BYTES = 4
const LINE_BREAK = Buffer.from('\n')
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' }

const http = createServer((request, response) => {
  const name = request.url === '/' ? 'index.html' : request.url.slice(1)
  if (!/^[a-z]+\.(html|css|js)$/.test(name)) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)] }).end(readFileSync(join(folder, name)))
})
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
// Made and framed beforehand, and written to the TCP socket in one piece: the server leaves the cores to the page.
const CYCLE = 100_000
const frames = Array.from({ length: CYCLE }, (_, index) => framed(Buffer.from(textOf(index + 1))))

server.on('connection', (socket, { url }) => {
  const chunkOf = url === '/joined' ? joined : apart
  const from = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - from) / 1_000) * Number(perSecond))
    const chunk = []
    for (; sent < due; sent++) chunk.push(frames[sent % CYCLE])
    if (chunk.length > 0) socket._socket.write(chunkOf(chunk))
    if (process.connected) process.send({ sent })
  }, TICK_MS)
  socket.on('close', () => clearInterval(timer))
  socket.on('error', () => {})
})
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }))

function textOf(number) {
  const isPoint = number % 10 === 0
  const data = isPoint
    ? { time: number, value: 50 + 40 * Math.sin(number / 500) }
    : { id: (number * 7) % ROWS, price: 100 + (number % 97) / 10, size: number % 1_000 }
  const text = JSON.stringify({ type: isPoint ? 'cpu' : 'rows', data })
  return `${text.slice(0, -2)},"pad":"${'x'.repeat(Math.max(0, BYTES - text.length - 9))}"}}`
}

function apart(chunk) {
  return Buffer.concat(chunk)
}

/** The frames' texts in one frame. */
function joined(chunk) {
  const lines = chunk.flatMap((frame) => [LINE_BREAK, frame.subarray(HEADER_BYTES)])
  return framed(Buffer.concat(lines.slice(1)))
}

function framed(bytes) {
  return Buffer.concat(Sender.frame(bytes, { fin: true, opcode: 1, mask: false, rsv1: false }))
}
