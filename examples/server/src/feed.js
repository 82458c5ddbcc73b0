import { WebSocketServer } from 'ws'
import { openSession } from './session.js'
import { isForeign, refuseUpgrade } from './upgrade.js'

/** @import { IncomingMessage } from 'node:http' */
/** @import { Duplex } from 'node:stream' */
/** @import { Sample } from './machine.js' */
/** @import { Session, SessionOptions } from './session.js' */

const PATH = '/ws'
const MAX_PAYLOAD_BYTES = 64 * 1024

/**
 * Pushes the machine's samples to every signed-in WebSocket at `/ws`.
 *
 * @param {SessionOptions & { machine: { sample(): Sample }, intervalMs: number }} options
 */
export function createFeed({ machine, intervalMs, ...sessionOptions }) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false })
  /** @type {Set<Session>} */
  const sessions = new Set()

  sockets.on('connection', (socket) => {
    const session = openSession(socket, sessionOptions)
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
  })
  const timer = setInterval(() => {
    for (const frame of frames(machine.sample())) for (const session of sessions) session.send(frame)
  }, intervalMs)

  return {
    /**
     * Tells whether an upgrade is meant for the feed.
     *
     * @param {{ url?: string | undefined }} request
     */
    takes: ({ url = '' }) => url.split('?')[0] === PATH,
    /**
     * Takes an upgrade over, or refuses it when it comes from a page of another host.
     *
     * @param {IncomingMessage} request
     * @param {Duplex} stream
     * @param {Buffer} head
     */
    upgrade(request, stream, head) {
      if (isForeign(request)) return refuseUpgrade(stream, '403 Forbidden')
      sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request))
    },
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
