/** @import { WebSocket } from 'ws' */

/** A reader this far behind is cut: it comes back by itself, and is told then what is shown. */
const MAX_BUFFERED_BYTES = 1024 * 1024

/**
 * @typedef {object} SessionOptions
 * @property {(token: unknown) => string | undefined} verify gives the user a token stands for
 * @property {number} [authTimeoutMs] for the first frame. Default 10,000
 * @property {number} [heartCheckMs] between two heartChecks. Default 5,000
 * @property {number} [heartCheckTimeoutMs] for the answer to one. Default 10,000
 */

/** @typedef {{ send(text: string): void }} Session */

/**
 * The server's side of one socket. Nothing but its token is heard, and nothing is said to it, before that is accepted.
 *
 * @param {WebSocket} socket
 * @param {SessionOptions & { onAccepted: (session: Session) => void, onMessage: (session: Session, frame: Record<string, unknown>) => void }} options
 */
export function openSession(socket, options) {
  const { verify, authTimeoutMs = 10_000, heartCheckMs = 5_000, heartCheckTimeoutMs = 10_000 } = options
  let accepted = false
  /** @type {NodeJS.Timeout | undefined} */
  let beat
  /** @type {NodeJS.Timeout | undefined} */
  let deadline = setTimeout(() => socket.close(4408, 'no token in time'), authTimeoutMs)

  const disarm = () => {
    clearTimeout(deadline)
    deadline = undefined
  }
  /** @type {Session} */
  const session = {
    send(text) {
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate()
      else if (socket.readyState === socket.OPEN) socket.send(text)
    },
  }
  const accept = () => {
    disarm()
    accepted = true
    session.send(JSON.stringify({ type: 'auth', data: 'auth ok' }))
    beat = setInterval(() => {
      session.send(JSON.stringify({ type: 'heartCheck' }))
      deadline ??= setTimeout(() => socket.terminate(), heartCheckTimeoutMs)
    }, heartCheckMs)
    options.onAccepted(session)
  }
  const refuse = () => {
    session.send(JSON.stringify({ type: 'noAuth' }))
    socket.close(4401, 'token refused')
  }

  socket.on('message', (raw, isBinary) => {
    const frame = isBinary ? undefined : parse(/** @type {Buffer} */ (raw).toString())
    if (accepted) {
      if (frame?.['type'] === 'heartCheck') disarm()
      else options.onMessage(session, frame ?? {})
    } else if (socket.readyState === socket.OPEN) {
      if (frame?.['type'] === 'auth' && verify(frame['data']) !== undefined) accept()
      else refuse()
    }
  })
  socket.on('close', () => {
    clearInterval(beat)
    disarm()
  })
  // A reset or an oversized frame: 'close' follows, there is nothing more to do.
  socket.on('error', () => {})
}

/**
 * @param {string} text
 * @returns {Record<string, unknown> | undefined}
 */
function parse(text) {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
