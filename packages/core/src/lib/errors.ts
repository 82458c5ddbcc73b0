/** How a provider failed: it threw or rejected, took too long, or gave no string or an empty one. */
export type ProviderFailure = 'failed' | 'timeout' | 'unusable'

/** What each code carries. Codes are permanent: they are never renamed and never reused. */
export interface ErrorDetails {
  /** An option has a value of the wrong shape. */
  INVALID_OPTION: {
    readonly option: string
    readonly expected: string
    readonly received: unknown
    /** Of an option that does not exist: the names that do. */
    readonly known?: readonly string[]
  }
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
  /** A volatile message came while the connection was not open, or had enough to do; it was not sent. */
  NOT_SENT: { readonly messageType: string }
  /** The server refused the message or the request, for good. */
  REFUSED: { readonly messageType: string; readonly refusal: string; readonly problem: string }
  /** The server refused the subscription. */
  DENIED: { readonly topic: string; readonly problem: string }
  /** The message is larger than the server takes. */
  TOO_LARGE: { readonly messageType: string; readonly bytes: number; readonly maxBytes: number }
  /** These were sent before to a server that has lost its memory since, and are sent again: it may have them twice. */
  MAYBE_DUPLICATE: { readonly messageTypes: readonly string[] }
  /** Messages cannot be kept where they would outlive the page; they are kept in memory. Told once for each user. */
  STORAGE: { readonly problem: string }
  /** The server broke the session protocol, or says that we did. */
  SESSION: { readonly problem: string }
}

export type ErrorCode = keyof ErrorDetails

/** Code → what its message says. */
export type ErrorTexts = { readonly [Code in ErrorCode]: (details: ErrorDetails[Code]) => string }

let texts: ErrorTexts | undefined

/** Makes errors say what happened and the way out. Without it their messages are the code and the details: production ships no prose. */
export function useErrorTexts(given: ErrorTexts | undefined): void {
  texts = given
}

const NAME = 'StatewireError'

/**
 * The one error class. `code` says what happened and never changes; `details` has the values; `message` says the way out
 * in the development build, and repeats code and details in production.
 */
export class StatewireError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = NAME
  readonly code: Code
  readonly details: ErrorDetails[Code]

  constructor(code: Code, details: ErrorDetails[Code], options?: { readonly cause?: unknown }) {
    super(texts ? texts[code](details) : bareText(code, details), options)
    this.code = code
    this.details = details
  }

  /** Narrows by code. Compares names, not classes, so two copies of the package still understand each other. */
  static is<Code extends ErrorCode>(error: unknown, code?: Code): error is StatewireError<Code> {
    if (!(error instanceof Error) || error.name !== NAME) return false
    return code === undefined || (error as StatewireError).code === code
  }
}

const MOST_CHARACTERS = 300

function bareText(code: ErrorCode, details: object): string {
  // All details are the library's own words but `received`: inside an object may be a token.
  const shown = 'received' in details ? { ...details, received: plain(details.received) } : details
  return `${code} ${JSON.stringify(shown).slice(0, MOST_CHARACTERS)} (the development build says more)`
}

function plain(value: unknown): unknown {
  if (typeof value === 'string' || Number.isFinite(value)) return value
  return `(${value === Object(value) ? typeof value : String(value)})`
}
