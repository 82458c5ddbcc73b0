import { WebSocketServer } from 'ws'
import { openSession } from './session.js'

/** @import { IncomingMessage, Server } from 'node:http' */
/** @import { Duplex } from 'node:stream' */
/** @import { Sample } from './machine.js' */
/** @import { Session, SessionOptions } from './session.js' */

const PATH = '/ws'
const MAX_PAYLOAD_BYTES = 64 * 1024

/**
 * Pushes the machine's samples to every signed-in WebSocket at `/ws`.
 *
 * @param {Server} server whose upgrades it takes
 * @param {SessionOptions & { machine: { sample(): Sample }, intervalMs: number }} options
 */
export function createFeed(server, { machine, intervalMs, ...sessionOptions }) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false })
  /** @type {Set<Session>} */
  const sessions = new Set()

  sockets.on('connection', (socket) => {
    const session = openSession(socket, sessionOptions)
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
  })
  server.on('upgrade', (request, stream, head) => {
    const refusal = refusalOf(request)
    if (refusal) return refuseUpgrade(stream, refusal)
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request))
  })

  const timer = setInterval(() => {
    for (const frame of frames(machine.sample())) for (const session of sessions) session.send(frame)
  }, intervalMs)

  return {
    /** How many sockets are open now. */
    get size() {
      return sockets.clients.size
    },
    /** Tells everybody that their token is no longer good. */
    refuseAll() {
      for (const session of sessions) session.refuse()
    },
    /** Stops the feed and says goodbye to everybody. */
    close() {
      clearInterval(timer)
      for (const socket of sockets.clients) socket.close(1001, 'the server is going away')
    },
  }
}

/** @param {Sample} sample */
function frames({ time, cpu, cores, memory }) {
  const messages = [
    { type: 'monitorCPU', data: [[time, cpu]] },
    { type: 'cores', data: cores },
    { type: 'memory', data: memory },
  ]
  return messages.map((message) => JSON.stringify(message))
}

/**
 * @param {IncomingMessage} request
 * @returns {string | undefined} the status line of a refused upgrade
 */
function refusalOf({ url = '', headers: { origin, host } }) {
  if (url.split('?')[0] !== PATH) return '404 Not Found'
  // A browser sends Origin: a page of another host must not open sockets here. Programs send none, and have a token to show.
  return origin === undefined || hostOf(origin) === host ? undefined : '403 Forbidden'
}

/** @param {string} origin */
function hostOf(origin) {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

/**
 * @param {Duplex} stream
 * @param {string} status
 */
function refuseUpgrade(stream, status) {
  stream.on('error', () => {})
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
