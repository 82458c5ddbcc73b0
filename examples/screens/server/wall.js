import { WebSocketServer } from 'ws'
import { readChart } from './charts.js'
import { parseScreenMessage, writeData, writeError, writeNews } from './messages.js'
import { openSession } from './session.js'

/** @import { IncomingMessage } from 'node:http' */
/** @import { Duplex } from 'node:stream' */
/** @import { Session, SessionOptions } from './session.js' */

const MAX_PAYLOAD_BYTES = 4 * 1024

/**
 * All screens that show the same charts: what one does, every one does.
 *
 * @param {SessionOptions} options
 */
export function createWall(options) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false })
  /** @type {Set<Session>} */
  const screens = new Set()
  /** What is shown now, for the screens that come later: the last frame of each action. @type {Map<string, string>} */
  const shown = new Map()

  /** @type {(session: Session, frame: Record<string, unknown>) => Promise<void>} */
  const onMessage = async (session, frame) => {
    const message = parseScreenMessage(frame)
    if (!message) return session.send(writeError('not understood'))
    if (message.action === 'getData') {
      const { chartName } = message
      return session.send(
        await readChart(chartName).then(
          (text) => writeData(chartName, text),
          () => writeError(`no data for ${chartName}`),
        ),
      )
    }
    const news = writeNews(message)
    shown.set(message.action, news)
    for (const screen of screens) screen.send(news)
  }

  sockets.on('connection', (socket) => {
    openSession(socket, {
      ...options,
      onAccepted(session) {
        screens.add(session)
        socket.on('close', () => screens.delete(session))
        for (const news of shown.values()) session.send(news)
      },
      onMessage: (session, frame) => void onMessage(session, frame),
    })
  })

  return {
    /** How many sockets are open now. */
    get size() {
      return sockets.clients.size
    },
    /**
     * Takes an upgrade over, or refuses it when it comes from a page of another host.
     *
     * @param {IncomingMessage} request
     * @param {Duplex} stream
     * @param {Buffer} head
     */
    upgrade(request, stream, head) {
      // A browser sends Origin. Programs send none, and have a token to show.
      const { origin, host } = request.headers
      if (origin !== undefined && hostOf(origin) !== host) return refuseUpgrade(stream, '403 Forbidden')
      sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request))
    },
    /** Says goodbye to everybody. */
    close() {
      for (const socket of sockets.clients) socket.close(1001, 'the server is going away')
    },
  }
}

/**
 * @param {Duplex} stream
 * @param {string} status
 */
export function refuseUpgrade(stream, status) {
  stream.on('error', () => {})
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** @param {string} origin */
function hostOf(origin) {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}
