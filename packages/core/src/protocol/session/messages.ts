import type { Envelope } from '../envelope.ts'

/** The version of the session protocol that is spoken here. */
export const SESSION_VERSION = 1

/** The session's private topic: direct messages and replies. */
export const PRIVATE_TOPIC = '#'

/** Longest topic, client id, session id and epoch, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 255

/** A place in a topic's log: which log, and the offset of the last message that was seen. */
export interface Cursor {
  readonly epoch: string
  readonly offset: number
}

/** How the server wants the link kept alive, in milliseconds. */
export interface HeartbeatContract {
  readonly mode: 'ping' | 'reply' | 'watch'
  readonly everyMs: number
  readonly withinMs: number
}

/** S → C, key `sw` of the acceptance, or of a frame of type `sw.announce`: the server can keep sessions. */
export interface Announcement {
  readonly v: readonly number[]
  readonly heartbeat?: HeartbeatContract
  /** Largest frame the server takes, in bytes. */
  readonly maxBytes?: number
  /** How long the token is good for, in milliseconds. */
  readonly tokenTtlMs?: number
}

/** C → S, `sw.hello`: asks for a session, or for the one before. */
export interface Hello {
  readonly v: number
  /** The outbox this client numbers its messages in. */
  readonly cid: string
  /** Lowest number that is not settled: everything below is known to be safe. */
  readonly tx: number
  /** The session before, and the last private message seen. */
  readonly sid?: string
  readonly cursor?: Cursor
  /** The client takes several messages in one frame, one a line, up to so many characters. */
  readonly join?: number
}

/** S → C, `sw.welcome`: the session, and how much of the one before is left. */
export interface Welcome {
  readonly v: number
  readonly sid: string
  /** `resumed`: private messages go on after the cursor. `lost`: those in between are gone. */
  readonly st: 'new' | 'resumed' | 'lost'
  /** Where the private topic goes on. */
  readonly cursor: Cursor
  /** Highest number accepted without a hole; absent when the server has no memory of this client id (any more). */
  readonly rx?: number
  /** How long the session outlives a lost link, in milliseconds. */
  readonly ttlMs: number
  /** How long `rx` is remembered, in milliseconds. */
  readonly dedupeMs: number
  /** False when accepted messages do not survive the server's restart. */
  readonly durable: boolean
}

/** C → S, key `sw` of a message: wants to be acknowledged. */
export interface Numbered {
  readonly n: number
  /** Publish into this topic instead of handing it to the server's handlers. */
  readonly c?: string
  /** A request: its reply comes as `sw.reply`. */
  readonly rq?: true
}

/** S → C, `sw.ack`: every number up to `rx` is settled. */
export interface Ack {
  readonly rx: number
}

/** S → C, `sw.nack`: this one is refused; for good, or with `retryMs` for now. `want`: the number expected instead. */
export interface Nack {
  readonly n: number
  readonly code: string
  readonly message: string
  readonly retryMs?: number
  readonly want?: number
}

/** C → S, `sw.skip`: the message with this number was given up and never comes. */
export interface Skip {
  readonly n: number
}

/** S → C, key `sw` of a message: its place in a topic. On the private topic `re` is the request it answers. */
export interface Placed {
  readonly c: string
  readonly o: number
  readonly re?: number
}

/** S → C, `sw.reply` with `sw: { c: '#', o, re, error? }`: the reply to a request; the result is the message's data. */
export interface ReplyError {
  readonly code: string
  readonly message: string
}

/** C → S, one entry of `sw.sub`. `id` marks this wish: what answers another id is late. */
export interface Sub {
  readonly id: number
  readonly c: string
  readonly cursor?: Cursor
}

/** S → C, `sw.subd`: the answer to a wish, or (`denied`, unasked) its end. */
export interface Subd {
  readonly id: number
  readonly c: string
  /** `new`: live from `cursor` on. `resumed`: what was missed follows. `lost`: what was missed is gone. `retry`: ask again after `retryMs`. */
  readonly st: 'new' | 'resumed' | 'lost' | 'denied' | 'retry'
  readonly cursor?: Cursor
  readonly why?: string
  readonly retryMs?: number
}

/** C → S, `sw.unsub`. */
export interface Unsub {
  readonly id: number
  readonly c: string
}

/** S → C, `sw.gap`: messages are missing; the topic goes on after `cursor`. */
export interface Gap {
  readonly c: string
  readonly cursor: Cursor
  readonly why: string
}

/** C → S, `sw.auth`: a fresh token, on an open link. */
export interface Reauth {
  readonly token: string
}

/** S → C, `sw.authd`: the fresh token was taken. */
export interface Authd {
  readonly tokenTtlMs?: number
}

/** S → C, `sw.bye`: the server is about to close; come back after `retryMs` and a random part of `spreadMs`. */
export interface Bye {
  readonly retryMs: number
  readonly spreadMs: number
  readonly why: string
}

/** S → C, `sw.error`: something the client sent was wrong; the link may be closed next. */
export interface ProtocolError {
  readonly code: string
  readonly message: string
}

/** Every message of the session protocol, by its type. */
export interface SessionMessages {
  'sw.announce': Announcement
  'sw.hello': Hello
  'sw.welcome': Welcome
  'sw.ack': Ack
  'sw.nack': Nack
  'sw.skip': Skip
  'sw.sub': { readonly subs: readonly Sub[] }
  'sw.subd': Subd
  'sw.unsub': Unsub
  'sw.gap': Gap
  'sw.auth': Reauth
  'sw.authd': Authd
  'sw.reauth': Record<string, never>
  'sw.bye': Bye
  'sw.error': ProtocolError
}

export type SessionMessageType = keyof SessionMessages

/** Makes an envelope of a session message. */
export function sessionMessage<Type extends SessionMessageType>(type: Type, sw: SessionMessages[Type]): Envelope {
  return { type, data: undefined, sw }
}
