/** @import { WebSocket } from 'ws' */

/** A reader this far behind misses samples instead of filling the server's memory. */
const MAX_BUFFERED_BYTES = 1024 * 1024

/**
 * @typedef {object} SessionOptions
 * @property {(token: unknown) => string | undefined} verify gives the user a token stands for
 * @property {number} authTimeoutMs for the first frame
 * @property {number} heartCheckMs between two heartChecks
 * @property {number} heartCheckTimeoutMs for the answer to one
 */

/** @typedef {{ send(text: string): void, refuse(): void }} Session */

/**
 * The server's side of one socket: nothing before the token, then heartChecks and whatever `send` is given.
 *
 * @param {WebSocket} socket
 * @param {SessionOptions} options
 * @returns {Session}
 */
export function openSession(socket, { verify, authTimeoutMs, heartCheckMs, heartCheckTimeoutMs }) {
  let accepted = false
  /** @type {NodeJS.Timeout | undefined} */
  let beat
  /** @type {NodeJS.Timeout | undefined} */
  let deadline = setTimeout(() => socket.close(4408, 'no token in time'), authTimeoutMs)

  const disarm = () => {
    clearTimeout(deadline)
    deadline = undefined
  }
  const end = () => {
    clearInterval(beat)
    disarm()
  }
  const refuse = () => {
    end()
    accepted = false
    socket.send(JSON.stringify({ type: 'noAuth' }))
    socket.close(4401, 'token refused')
  }
  const accept = () => {
    disarm()
    accepted = true
    socket.send(JSON.stringify({ type: 'auth', data: 'auth ok' }))
    beat = setInterval(() => {
      socket.send(JSON.stringify({ type: 'heartCheck' }))
      // Terminated, not closed: a peer that does not answer would not answer a close frame either.
      deadline ??= setTimeout(() => socket.terminate(), heartCheckTimeoutMs)
    }, heartCheckMs)
  }

  socket.on('message', (raw, isBinary) => {
    const message = isBinary ? undefined : parse(/** @type {Buffer} */ (raw).toString())
    if (accepted) {
      if (message?.type === 'heartCheck') disarm()
    } else if (socket.readyState === socket.OPEN) {
      if (message?.type === 'auth' && verify(message.data) !== undefined) accept()
      else refuse()
    }
  })
  socket.on('close', end)
  // A reset or an oversized frame: 'close' follows, there is nothing more to do.
  socket.on('error', () => {})

  return {
    send(text) {
      if (accepted && socket.bufferedAmount < MAX_BUFFERED_BYTES) socket.send(text)
    },
    refuse,
  }
}

/**
 * @param {string} text
 * @returns {{ type?: unknown, data?: unknown } | undefined}
 */
function parse(text) {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
