import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'

// Serves the built page, and 20,000 messages of 300 B a second to whoever connects: a tenth of them points, the rest rows.
const [folder, perSecond, longestMs] = process.argv.slice(2)
setTimeout(() => process.exit(1), Number(longestMs))
process.on('disconnect', () => process.exit(0))

const TICK_MS = 5
const BYTES = 300
const ROWS = 1_000
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' }

const http = createServer((request, response) => {
  const name = request.url === '/' ? 'index.html' : request.url.slice(1)
  if (!/^[a-z]+\.(html|css|js)$/.test(name)) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)] }).end(readFileSync(join(folder, name)))
})
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
const pads = new Map()
let count = 0

server.on('connection', (socket) => {
  const from = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - from) / 1_000) * Number(perSecond))
    socket._socket.cork()
    for (; sent < due; sent++) socket.send(next())
    socket._socket.uncork()
    process.send({ sent, buffered: socket.bufferedAmount })
  }, TICK_MS)
  socket.on('close', () => clearInterval(timer))
  socket.on('error', () => {})
})
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port }))

function next() {
  count += 1
  const data =
    count % 10 === 0
      ? { time: count, value: 50 + 40 * Math.sin(count / 500) }
      : { id: (count * 7) % ROWS, price: 100 + (count % 97) / 10, size: count % 1_000 }
  const text = JSON.stringify({ type: count % 10 === 0 ? 'cpu' : 'rows', data })
  const missing = BYTES - text.length - 9
  if (!pads.has(missing)) pads.set(missing, 'x'.repeat(Math.max(0, missing)))
  return `${text.slice(0, -2)},"pad":"${pads.get(missing)}"}}`
}
