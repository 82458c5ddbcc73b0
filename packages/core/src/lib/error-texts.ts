import type { ErrorTexts } from './errors.ts'

/** What each code says: what happened, with the value, and the way out. */
export const ERROR_TEXTS: ErrorTexts = {
  INVALID_OPTION: ({ option, expected, received, known }) =>
    `Option "${option}" must be ${expected}${known ? ` (${hint(option, known)})` : ''}, received ${describe(received)}.`,
  NO_WEBSOCKET: () =>
    'There is no WebSocket here. Pass a constructor as option "webSocket" (in Node 20: import { WebSocket } from "ws").',
  FAILED: ({ reason }) => `The connection gave up (${reason}). Call connect() to start over.`,
  CLOSED: ({ reason }) => `The connection is closed (${reason}). Call connect() to open it again.`,
  TOKEN: ({ problem }) => `auth.token ${problem}. The connection is tried again after the usual wait.`,
  URL: ({ problem }) => `Option "url" ${problem}. The connection is tried again after the usual wait.`,
  BAD_FRAME: ({ excerpt, count }) =>
    `Frame number ${count} that could not be decoded was dropped: ${excerpt}. If the server speaks another format, pass a codec.`,
  FRAME_TOO_LARGE: ({ bytes, maxFrameBytes }) =>
    `A frame of ${bytes} bytes was dropped unread. Raise maxFrameBytes (now ${maxFrameBytes}) if the server may send such.`,
  EARLY_DROPPED: ({ limit }) =>
    `More data came before auth was accepted than is held (${limit}); the oldest was dropped. Let the server send it after "auth ok".`,
  SCHEMA: ({ messageType, issues }) =>
    `A "${messageType}" message does not fit its schema and was dropped: ${issues.join('; ')}.`,
  SCHEMA_ASYNC: ({ messageType }) =>
    `The schema of "${messageType}" validates asynchronously. Use a synchronous schema; check with the network elsewhere.`,
  OUTBOX_FULL: ({ limit, messageType }) =>
    `The outbox is full (${limit}); the "${messageType}" message was rejected. Raise that limit or choose outbox.overflow: 'dropOldest'.`,
  OUTBOX_DROPPED: ({ messageType }) =>
    `The "${messageType}" message was dropped unsent to make room in the outbox (outbox.overflow is 'dropOldest').`,
  EXPIRED: ({ messageType, maxAgeMs }) =>
    `The "${messageType}" message was not sent within ${maxAgeMs} ms and was dropped. Raise outbox.maxAgeMs to keep messages longer.`,
  ENCODE: ({ messageType }) =>
    `The "${messageType}" message cannot be encoded (see cause). Send plain JSON data, or pass a codec that knows this type.`,
  CALLBACK: ({ where }) => `A callback of the application failed: ${where} (see cause).`,
  NO_TARGET: ({ target, messageType, store }) =>
    `"${messageType}" is wired to "${target}", which "${store}" does not have. Declare it, or correct the name in wire.`,
  PAUSED_DROPPED: ({ store, held }) =>
    `The paused binding of "${store}" holds ${held} messages and drops the oldest from now on. Resume it sooner, or stop it.`,
  TIMEOUT: ({ messageType, timeoutMs }) => `The request "${messageType}" got no reply within ${timeoutMs} ms.`,
  LOST: ({ messageType }) =>
    `The link was lost before the reply to "${messageType}" came; the server may or may not have acted on it. Ask again if that does no harm.`,
  UNSUPPORTED: ({ what, instead }) => `${what} is not supported here. ${instead}`,
  NOT_SENT: ({ messageType }) =>
    `The volatile "${messageType}" message was not sent, as the connection is not open or has enough to do. Send it without volatile to have it held.`,
  REFUSED: ({ messageType, refusal, problem }) => `The server refused "${messageType}" (${refusal}): ${problem}`,
  DENIED: ({ topic, problem }) =>
    `The server refused the subscription of "${topic}": ${problem}. Let go of the channel and subscribe again to ask once more.`,
  TOO_LARGE: ({ messageType, bytes, maxBytes }) =>
    `The "${messageType}" message of ${bytes} bytes is larger than the server takes (${maxBytes}). Send it in parts, or raise the server's limit.`,
  MAYBE_DUPLICATE: ({ messageTypes }) =>
    `The server has lost its memory; ${messageTypes.length} messages that it may have had are sent again. Use a backplane that survives a restart.`,
  STORAGE: ({ problem }) =>
    `The storage of unsent messages ${problem} (see cause). They are kept in memory and end with the page.`,
  SESSION: ({ problem }) =>
    `The session protocol was broken: ${problem}. Check that client and server are of fitting versions.`,
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

function hint(option: string, known: readonly string[]): string {
  const close = closest(option.slice(option.lastIndexOf('.') + 1), known)
  return close === undefined ? `known are ${known.join(', ')}` : `did you mean "${close}"?`
}

const MOST_EDITS = 3

/** Returns the known name that a typo most likely meant. */
function closest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestEdits = Math.min(MOST_EDITS, Math.ceil(name.length / 2)) + 1
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase())
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits]
  }
  return best
}

/** Levenshtein distance, one row at a time. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
