import { WebSocketServer } from 'ws'
import { messages, TYPES } from '../lib/frames.mjs'
import { speech } from '../peers/speech.mjs'

// The server of the areas that use a network: says what peers need to open, and gives messages when told by its parent.
const [longestMs = '300000'] = process.argv.slice(2)
setTimeout(() => process.exit(1), Number(longestMs))
process.on('disconnect', () => process.exit(0))

const links = new Map()
const made = new Map()
let lastId = 0
let server

process.on('message', (order) => {
  if (order.listen !== undefined) listen(order)
  else if (order.give) give(order)
  else if (order.drop) for (const { socket } of links.values()) socket.terminate()
  else if (order.away) away()
})

function listen({ listen: port, speaks = 'plain' }) {
  server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false, backlog: 4_096 })
  server.on('listening', () => process.send({ port: server.address().port }))
  server.on('connection', (socket) => {
    const id = ++lastId
    links.set(id, { socket, speaks: order ?? speaks })
    const { greeting, answer } = speech[order ?? speaks]
    socket.on('message', (data) => {
      for (const text of answer(textOf(data))) socket.send(text)
    })
    socket.on('close', () => links.delete(id))
    socket.on('error', () => {})
    if (greeting) socket.send(greeting)
    process.send({ opened: id, at: Date.now() })
  })
}

/** What the coming connections speak. */
let order
process.on('message', ({ speaks }) => {
  if (speaks) order = speaks
  if (speaks) process.send({ speaking: speaks })
})

/** Frees the port and drops everybody. */
function away() {
  for (const { socket } of links.values()) socket.terminate()
  server.close(() => process.send({ gone: true }))
}

function give({ give: count, bytes, types = TYPES.length, to }) {
  const { socket, speaks } = links.get(to)
  const key = `${count} ${bytes} ${types} ${speaks}`
  let frames = made.get(key)
  if (!frames) {
    frames = messages(count, { bytes, types: TYPES.slice(0, types) }).map((text) => {
      const { type, data } = JSON.parse(text)
      return speech[speaks].frame(type, data)
    })
    made.set(key, frames)
  }
  socket._socket.cork()
  for (const frame of frames) socket.send(frame)
  socket._socket.uncork()
}

// In one piece: fragments come only when asked for.
function textOf(data) {
  return Buffer.isBuffer(data) ? data.toString('utf8') : ''
}
