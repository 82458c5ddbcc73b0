import { randomUUID } from 'node:crypto'
import { Server } from 'socket.io'
import { fieldsOf, parseName, parseText } from './messages.js'
import { createRooms } from './rooms.js'

/** @import { IncomingMessage, Server as HttpServer } from 'node:http' */
/** @import { Socket } from 'socket.io' */
/** @import { ChatMessage } from './messages.js' */
/** @import { Rooms } from './rooms.js' */

const PATH = '/chat/socket.io'
const ROOMS = ['lobby', 'garden', 'music']
const MAX_BYTES = 16 * 1024

/**
 * The chat, beside whatever else the HTTP server does.
 *
 * The first event of a client has to be `auth` with `{ name, room }`; the answer is `auth` with `auth ok`, or `noAuth`. Then it
 * may ask `join` with `{ room }` and `message` with `{ room, text }`; both are acknowledged, with `{ error }` when something was
 * wrong. It hears `message` of its room and `rooms`.
 *
 * @param {HttpServer} server
 * @param {{ authTimeoutMs?: number }} [options] a client that does not say its name for so long is cut. Default 10,000
 */
export function mountChat(server, { authTimeoutMs = 10_000 } = {}) {
  const rooms = createRooms(ROOMS)
  const io = new Server(server, {
    path: PATH,
    serveClient: false,
    maxHttpBufferSize: MAX_BYTES,
    // Upgrades of other paths are somebody else's.
    destroyUpgrade: false,
    // A browser sends Origin: a page of another host must not talk here. Programs send none.
    allowRequest: ({ headers: { origin, host } }, decide) => decide(null, !origin || hostOf(origin) === host),
  })

  io.on('connection', (socket) => {
    const deadline = setTimeout(() => socket.disconnect(true), authTimeoutMs)
    socket.on('disconnect', () => clearTimeout(deadline))
    socket.once('auth', (data) => {
      clearTimeout(deadline)
      const fields = fieldsOf(data)
      const [name, room] = [parseName(fields['name']), rooms.find(fields['room'])]
      if (name === undefined || room === undefined) {
        socket.emit('noAuth')
        return void socket.disconnect(true)
      }
      socket.emit('auth', 'auth ok')
      letIn({ io, rooms, socket, name })
      enter({ io, rooms, socket, name }, room)
    })
  })

  return {
    /**
     * Tells whether an upgrade is meant for the chat, which takes it by itself: other listeners leave it alone.
     *
     * @param {IncomingMessage} request
     */
    takes: ({ url = '' }) => url.startsWith(`${PATH}/`),
    /** How many clients are connected now. */
    get sockets() {
      return io.engine.clientsCount
    },
    /** Says goodbye to everybody. Leaves the HTTP server to its owner. */
    close: () => io.disconnectSockets(true),
  }
}

/** @typedef {{ io: Server, rooms: Rooms, socket: Socket, name: string }} Guest */

/** @param {Guest} guest */
function letIn(guest) {
  const { io, rooms, socket, name } = guest
  socket.on('disconnect', () => {
    rooms.leave(socket.id)
    io.to(GUESTS).emit('rooms', rooms.list())
  })
  socket.on('join', (data, reply) => {
    const room = rooms.find(fieldsOf(data)['room'])
    if (room === undefined) return answer(reply, { error: 'There is no such room.' })
    enter(guest, room)
    answer(reply, { room, messages: rooms.messages(room) })
  })
  socket.on('message', (data, reply) => {
    const fields = fieldsOf(data)
    const [room, text] = [rooms.find(fields['room']), parseText(fields['text'])]
    if (room === undefined) return answer(reply, { error: 'There is no such room.' })
    if (text === undefined) return answer(reply, { error: 'A message has 1 to 1000 characters.' })
    /** @type {ChatMessage} */
    const message = { id: randomUUID(), room, name, text, at: Date.now() }
    rooms.remember(message)
    io.to(inRoom(room)).emit('message', message)
    answer(reply, message)
  })
}

/**
 * @param {Guest} guest
 * @param {string} room
 */
function enter({ io, rooms, socket, name }, room) {
  for (const old of socket.rooms) if (old !== socket.id && old !== GUESTS) void socket.leave(old)
  void socket.join([GUESTS, inRoom(room)])
  rooms.enter(socket.id, name, room)
  io.to(GUESTS).emit('rooms', rooms.list())
}

/** Everybody who has a name. socket.io calls its groups rooms as well; the prefix keeps them apart from ids and from ours. */
const GUESTS = 'guests'
const inRoom = (/** @type {string} */ room) => `room:${room}`

/**
 * @param {unknown} reply a client that wants no acknowledgement sends none; what it sends in its place is anybody's guess
 * @param {unknown} value
 */
function answer(reply, value) {
  if (typeof reply === 'function') reply(value)
}

/** @param {string} origin */
function hostOf(origin) {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}
