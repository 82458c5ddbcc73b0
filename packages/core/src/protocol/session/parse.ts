import { own } from '../../lib/own.ts'
import {
  MAX_NAME_BYTES,
  type Announcement,
  type Cursor,
  type HeartbeatContract,
  type Numbered,
  type Placed,
  type ReplyError,
  type SessionMessages,
  type SessionMessageType,
  type Sub,
} from './messages.ts'

// Each reader returns undefined for what is malformed, and `sw` of unknown shape never gets further than this file.

const MAX_TEXT = 1_000
const MAX_TOKEN = 16_384
const MAX_SUBS = 256
const encoder = new TextEncoder()

type Fields = Readonly<Record<string, unknown>>

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

function positive(value: unknown): number | undefined {
  const number = count(value)
  return number === undefined || number === 0 ? undefined : number
}

function text(value: unknown, longest: number = MAX_TEXT): string | undefined {
  return typeof value === 'string' && value.length <= longest ? value : undefined
}

// To be found, not to be written by mistake.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/

/** Reads a topic, an id or an epoch: 1 to 255 bytes without control characters. */
export function parseName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAME_BYTES || CONTROL.test(value))
    return undefined
  return encoder.encode(value).length <= MAX_NAME_BYTES ? value : undefined
}

function cursor(value: unknown): Cursor | undefined {
  const given = fields(value)
  const epoch = given && parseName(own(given, 'epoch'))
  const offset = given && count(own(given, 'offset'))
  return epoch === undefined || offset === undefined ? undefined : { epoch, offset }
}

const MALFORMED = Symbol('malformed')

/** An optional field: absent is fine, malformed is not. */
function optional<Value>(
  value: unknown,
  read: (value: unknown) => Value | undefined,
): Value | undefined | typeof MALFORMED {
  return value === undefined ? undefined : (read(value) ?? MALFORMED)
}

/** Puts an object together from parsed fields; undefined when a required one is missing or any is malformed. */
function shape<Shape>(required: Fields, others: Fields = {}): Shape | undefined {
  const made: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(required)) {
    if (value === undefined || value === MALFORMED) return undefined
    made[key] = value
  }
  for (const [key, value] of Object.entries(others)) {
    if (value === MALFORMED) return undefined
    if (value !== undefined) made[key] = value
  }
  return made as Shape
}

function oneOf<Value extends string>(value: unknown, values: readonly Value[]): Value | undefined {
  return values.includes(value as Value) ? (value as Value) : undefined
}

function heartbeat(value: unknown): HeartbeatContract | undefined {
  const given = fields(value)
  return (
    given &&
    shape({
      mode: oneOf(own(given, 'mode'), ['ping', 'reply', 'watch'] as const),
      everyMs: positive(own(given, 'everyMs')),
      withinMs: positive(own(given, 'withinMs')),
    })
  )
}

function versions(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > 16) return undefined
  return value.every((one) => positive(one) !== undefined) ? (value as number[]) : undefined
}

/** Reads the announcement of an acceptance, or of `sw.announce`. */
export function parseAnnouncement(value: unknown): Announcement | undefined {
  const sw = fields(value)
  return (
    sw &&
    shape<Announcement>(
      { v: versions(own(sw, 'v')) },
      {
        heartbeat: optional(own(sw, 'heartbeat'), heartbeat),
        maxBytes: optional(own(sw, 'maxBytes'), positive),
        tokenTtlMs: optional(own(sw, 'tokenTtlMs'), positive),
      },
    )
  )
}

/** Reads the place of a message in a topic. */
export function parsePlaced(value: unknown): Placed | undefined {
  const sw = fields(value)
  return (
    sw &&
    shape<Placed>({ c: parseName(own(sw, 'c')), o: positive(own(sw, 'o')) }, { re: optional(own(sw, 're'), positive) })
  )
}

/** Reads the number of a message that wants to be acknowledged. */
export function parseNumbered(value: unknown): Numbered | undefined {
  const sw = fields(value)
  return (
    sw &&
    shape<Numbered>(
      { n: positive(own(sw, 'n')) },
      {
        c: optional(own(sw, 'c'), parseName),
        rq: optional(own(sw, 'rq'), (rq) => (rq === true ? true : undefined)),
      },
    )
  )
}

/** Reads the error of a reply; undefined when the reply is a result. */
export function parseReplyError(value: unknown): ReplyError | undefined {
  const sw = fields(value)
  const error = sw && fields(own(sw, 'error'))
  return error && shape<ReplyError>({ code: text(own(error, 'code'), 64), message: text(own(error, 'message')) })
}

function sub(value: unknown): Sub | undefined {
  const given = fields(value)
  return (
    given &&
    shape<Sub>(
      { id: positive(own(given, 'id')), c: parseName(own(given, 'c')) },
      { cursor: optional(own(given, 'cursor'), cursor) },
    )
  )
}

function subs(value: unknown): readonly Sub[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SUBS) return undefined
  const read = value.map(sub)
  return read.includes(undefined) ? undefined : (read as Sub[])
}

type Readers = { readonly [Type in SessionMessageType]: (sw: Fields) => SessionMessages[Type] | undefined }

const READERS: Readers = {
  'sw.announce': parseAnnouncement,
  'sw.hello': (sw) =>
    shape(
      { v: positive(own(sw, 'v')), cid: parseName(own(sw, 'cid')), tx: positive(own(sw, 'tx')) },
      {
        sid: optional(own(sw, 'sid'), parseName),
        cursor: optional(own(sw, 'cursor'), cursor),
        join: optional(own(sw, 'join'), positive),
      },
    ),
  'sw.welcome': (sw) =>
    shape(
      {
        v: positive(own(sw, 'v')),
        sid: parseName(own(sw, 'sid')),
        st: oneOf(own(sw, 'st'), ['new', 'resumed', 'lost']),
        cursor: cursor(own(sw, 'cursor')),
        ttlMs: count(own(sw, 'ttlMs')),
        dedupeMs: count(own(sw, 'dedupeMs')),
        durable: bool(own(sw, 'durable')),
      },
      { rx: optional(own(sw, 'rx'), count) },
    ),
  'sw.ack': (sw) => shape({ rx: count(own(sw, 'rx')) }),
  'sw.nack': (sw) =>
    shape(
      { n: positive(own(sw, 'n')), code: text(own(sw, 'code'), 64), message: text(own(sw, 'message')) },
      { retryMs: optional(own(sw, 'retryMs'), count), want: optional(own(sw, 'want'), positive) },
    ),
  'sw.skip': (sw) => shape({ n: positive(own(sw, 'n')) }),
  'sw.sub': (sw) => shape({ subs: subs(own(sw, 'subs')) }),
  'sw.subd': (sw) =>
    shape(
      {
        id: positive(own(sw, 'id')),
        c: parseName(own(sw, 'c')),
        st: oneOf(own(sw, 'st'), ['new', 'resumed', 'lost', 'denied', 'retry']),
      },
      {
        cursor: optional(own(sw, 'cursor'), cursor),
        why: optional(own(sw, 'why'), text),
        retryMs: optional(own(sw, 'retryMs'), count),
      },
    ),
  'sw.unsub': (sw) => shape({ id: positive(own(sw, 'id')), c: parseName(own(sw, 'c')) }),
  'sw.gap': (sw) => shape({ c: parseName(own(sw, 'c')), cursor: cursor(own(sw, 'cursor')), why: text(own(sw, 'why')) }),
  'sw.auth': (sw) => shape({ token: text(own(sw, 'token'), MAX_TOKEN) }),
  'sw.authd': (sw) => shape({}, { tokenTtlMs: optional(own(sw, 'tokenTtlMs'), positive) }),
  'sw.reauth': () => ({}),
  'sw.bye': (sw) =>
    shape({
      retryMs: count(own(sw, 'retryMs')),
      spreadMs: count(own(sw, 'spreadMs')),
      why: text(own(sw, 'why')),
    }),
  'sw.error': (sw) => shape({ code: text(own(sw, 'code'), 64), message: text(own(sw, 'message')) }),
}

function bool(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** Reads `sw` of a session message. Unknown keys are left out; returns undefined when anything known is missing or malformed. */
export function parseSession<Type extends SessionMessageType>(
  type: Type,
  sw: unknown,
): SessionMessages[Type] | undefined {
  const given = fields(sw)
  return given && READERS[type](given)
}
