/** How a provider failed: it threw or rejected, took too long, or gave no string or an empty one. */
export type ProviderFailure = 'failed' | 'timeout' | 'unusable'

/** What each code carries. Codes are permanent: they are never renamed and never reused. */
export interface ErrorDetails {
  /** An option has a value of the wrong shape. */
  INVALID_OPTION: { readonly option: string; readonly expected: string; readonly received: unknown }
  /** No WebSocket constructor exists here and none was given. */
  NO_WEBSOCKET: Record<string, never>
  /** The client gave up; `client.connect()` starts over. */
  FAILED: { readonly reason: string }
  /** The client was closed by `disconnect()`, `signOut()` or `dispose()`. */
  CLOSED: { readonly reason: string }
  /** The token provider threw, rejected, took too long or gave no token. */
  TOKEN: { readonly failure: ProviderFailure; readonly problem: string }
  /** The `url` provider threw, rejected, took too long or gave no URL, or the transport cannot open what it gave. */
  URL: { readonly failure: ProviderFailure; readonly problem: string }
  /** A frame could not be decoded; it was dropped and the next one is read as usual. */
  BAD_FRAME: { readonly excerpt: string; readonly count: number }
  /** A frame is larger than `maxFrameBytes` and was dropped without being read. */
  FRAME_TOO_LARGE: { readonly bytes: number; readonly maxFrameBytes: number }
  /** More data came before auth was accepted than is held; the oldest was dropped. Told once for each link. */
  EARLY_DROPPED: { readonly limit: string }
  /** A frame's data does not fit the schema its type was declared with; it was dropped. */
  SCHEMA: { readonly messageType: string; readonly issues: readonly string[] }
  /** A schema validates asynchronously; messages are checked in order and cannot wait. */
  SCHEMA_ASYNC: { readonly messageType: string }
  /** The outbox is at its capacity and `outbox.overflow` is `'reject'`. */
  OUTBOX_FULL: { readonly limit: string; readonly messageType: string }
  /** The message was dropped from a full outbox because `outbox.overflow` is `'dropOldest'`. */
  OUTBOX_DROPPED: { readonly messageType: string }
  /** The message stayed unsent longer than `outbox.maxAgeMs`. */
  EXPIRED: { readonly messageType: string; readonly maxAgeMs: number }
  /** The message cannot be written by the codec (a cycle, a BigInt, …). */
  ENCODE: { readonly messageType: string }
  /** A user callback (listener, rule, provider) threw or rejected; nothing else was affected. */
  CALLBACK: { readonly where: string }
  /** A wire entry names a state key, action or mutation that does not exist. */
  NO_TARGET: { readonly target: string; readonly messageType: string; readonly store: string }
  /** A paused binding was full; its oldest messages were dropped. */
  PAUSED_DROPPED: { readonly store: string; readonly held: number }
  /** A request got no reply in time. */
  TIMEOUT: { readonly messageType: string; readonly timeoutMs: number }
  /** The link was lost before the reply came; whether the server got the request is unknown. */
  LOST: { readonly messageType: string }
  /** This transport or configuration cannot do what was asked. */
  UNSUPPORTED: { readonly what: string; readonly instead: string }
}

export type ErrorCode = keyof ErrorDetails

const MESSAGES: { readonly [Code in ErrorCode]: (details: ErrorDetails[Code]) => string } = {
  INVALID_OPTION: ({ option, expected, received }) =>
    `Option "${option}" must be ${expected}, received ${describe(received)}.`,
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
}

const NAME = 'StatewireError'

/** The one error class. `code` says what happened and never changes; `details` has the values; `message` says the way out. */
export class StatewireError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = NAME
  readonly code: Code
  readonly details: ErrorDetails[Code]

  constructor(code: Code, details: ErrorDetails[Code], options?: { readonly cause?: unknown }) {
    super(MESSAGES[code](details), options)
    this.code = code
    this.details = details
  }

  /** Narrows by code. Compares names, not classes, so two copies of the package still understand each other. */
  static is<Code extends ErrorCode>(error: unknown, code?: Code): error is StatewireError<Code> {
    if (!(error instanceof Error) || error.name !== NAME) return false
    return code === undefined || (error as StatewireError).code === code
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
