import type { CloseInfo, CloseVerdict } from './protocol/close-codes.ts'
import type { Codec } from './protocol/codec.ts'
import type { AnyProtocolTypes, Protocol } from './protocol/define-protocol.ts'
import type { Matcher } from './protocol/matcher.ts'
import type { Env } from './env/env.ts'
import type { SentRequest } from './requests/requests.ts'
import type { OpenSession } from './session/port.ts'
import type { Frame, OpenTransport } from './transport/transport.ts'
import type { WebSocketConstructor } from './transport/web-socket.ts'

export type { Matcher }

export interface TokenRequest {
  /** True when the server refused the last token: fetch a new one, do not answer from a cache. */
  readonly refused: boolean
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal
}

export interface AuthOptions {
  /** Gives the token for one attempt; asked again for each. Longer than `timeoutMs`, empty or failing: the attempt fails. */
  token: (request: TokenRequest) => string | Promise<string>
  /** Makes the first message from the token. @default (token) => ({ type: 'auth', data: token }) */
  frame?: (token: string) => unknown
  /** Which message means accepted; `false`: open as soon as the frame is sent. @default `auth ok` as raw text, type, or data */
  accepted?: Matcher | false
  /** Which message means refused. @default type `noAuth` */
  refused?: Matcher
  /** For the token, and again for the server's answer, in milliseconds. @default 10_000 */
  timeoutMs?: number
}

export type HeartbeatOptions =
  | {
      /** The server beats, the client answers with the same message, at most once per second. */
      mode: 'reply'
      /** @default 'heartCheck' */
      type?: string
      /** The server's interval in milliseconds. @default learnt: the largest of the last three gaps, from the second beat on */
      intervalMs?: number
      /** Silence beyond the interval that counts as death, in milliseconds. @default 10_000 */
      timeoutMs?: number
      /** Message, raw text, or a function that gives one, that makes the server answer: lets a wake-up check the link at once. @default none */
      probe?: unknown
    }
  | {
      /** The client pings after `intervalMs` of silence. */
      mode: 'ping'
      /** The ping: a message, raw text, or a function that gives one. @default { type: 'heartCheck' } */
      frame?: unknown
      /**
       * Which message is the answer; then only that counts as one, and pings go out whatever else arrives.
       * @default any frame after the ping; messages of type `heartCheck` are not shown to the application
       */
      pong?: Matcher
      /** @default 25_000 */
      intervalMs?: number
      /** @default 10_000 */
      timeoutMs?: number
    }
  | {
      /** Nothing is sent; silence of `intervalMs + timeoutMs` is death. */
      mode: 'watch'
      /** @default 25_000 */
      intervalMs?: number
      /** @default 10_000 */
      timeoutMs?: number
      /** @default none */
      probe?: unknown
    }

export interface ReconnectOptions {
  /**
   * Scale of the waits, in milliseconds: the first is anything up to twice this, each further one anything up to twice as much
   * as the one before, and at least a quarter of this.
   * @default 1_000, or `maxDelayMs` if that is less
   */
  baseDelayMs?: number
  /** Upper bound of any wait, in milliseconds. @default 15_000, or `baseDelayMs` if that is more */
  maxDelayMs?: number
  /** A wait of your own instead, in milliseconds; the attempt is the number of the coming one. No jitter is added. */
  delayMs?: number | ((attempt: number) => number)
  /** Attempts in a row without a useful second before the state is `failed`. @default Infinity */
  maxAttempts?: number
}

export interface OutboxOptions {
  /** Most messages held unsent. @default 1_000 */
  capacity?: number
  /** Most bytes held unsent. @default 1_048_576 */
  maxBytes?: number
  /** Longest time a message waits, in milliseconds. @default 86_400_000 */
  maxAgeMs?: number
  /** What gives way when it is full: the new message, or the oldest. @default 'reject' */
  overflow?: 'reject' | 'dropOldest'
}

/** How your protocol pairs replies with requests. */
export interface RequestsOptions {
  /** Makes the message that asks; `id` is unique within the client. @default { type, data: params } */
  write?: (request: SentRequest) => { readonly type: string; readonly data: unknown }
  /** Tells whether a message is the reply to a request that is waiting. Requests are tried oldest first. */
  match?: (request: SentRequest, message: { readonly type: string; readonly data: unknown }) => boolean
  /** Takes the result out of the reply; what it throws is the request's rejection. @default the reply's data */
  read?: (message: { readonly type: string; readonly data: unknown }) => unknown
  /** @default 10_000 */
  timeoutMs?: number
}

/** What becomes of one message. */
export interface MessageOptions {
  /** Now or never: not held while the connection is not open, or has a mebibyte to send. @default false */
  volatile?: boolean
  /** Takes the message back, as long as it is not sent. */
  signal?: AbortSignal
}

export interface RequestOptions {
  /** Longest wait for the reply, in milliseconds. @default requests.timeoutMs */
  timeoutMs?: number
  /** Gives up when aborted. */
  signal?: AbortSignal
}

/** When messages land in stores: before the next paint, at the end of the task, at once, or at most every n ms. */
export type FlushOption = 'frame' | 'microtask' | 'sync' | { readonly everyMs: number }

export interface ClientOptions<P extends Protocol = Protocol<AnyProtocolTypes>> {
  /** Tells several clients apart. @default 'default' */
  name?: string
  /** Where the server is. A function is asked again for each attempt. */
  url: string | (() => string | Promise<string>)
  /** WebSocket subprotocols. @default [] */
  protocols?: string | readonly string[]
  /** Opens links; `webSocket` is not used then. @default WebSocket */
  transport?: OpenTransport
  /** WebSocket constructor, where there is no global one (Node 20) or another is wanted. */
  webSocket?: WebSocketConstructor
  /** Which binary kind arrives. @default 'arraybuffer' */
  binaryType?: 'arraybuffer' | 'blob'
  /** Reads and writes frames. @default jsonCodec() */
  codec?: Codec
  /** @default none: open as soon as the socket is */
  auth?: AuthOptions | false
  /** @default { mode: 'reply', type: 'heartCheck' } */
  heartbeat?: HeartbeatOptions | false
  /** `false`: a lost link is not replaced. @default full jitter, see ReconnectOptions */
  reconnect?: ReconnectOptions | false
  /** What a close code means. Return undefined for the built-in verdict. @default defaultCloseVerdict */
  classifyClose?: (close: CloseInfo) => CloseVerdict | undefined
  /** Raw frames sent each time the connection opens, after auth and before the outbox. */
  onOpen?: readonly Frame[] | (() => readonly Frame[])
  outbox?: OutboxOptions
  /** Without `match`, `client.request()` rejects with `UNSUPPORTED`. */
  requests?: RequestsOptions
  /** `session()` of `@statewire/core/session`: what is sent is acknowledged, and topics are recovered after a break, by servers that can. @default none */
  session?: OpenSession
  /** @default 'frame' */
  flush?: FlushOption
  /**
   * Longest a flush may take before it leaves the rest to the next frame, in milliseconds; Infinity: it never yields. Whole
   * commits and calls are what it can stop between. Not for hidden pages and `sync`.
   * @default 8
   */
  flushBudgetMs?: number
  /**
   * Frames that will be overwritten within the same flush are not decoded: those of a type that only `latest` takes, told by
   * `codec.peek`. `false`: each is decoded as it comes.
   * @default true
   */
  conflate?: boolean
  /**
   * A frame may hold several messages, which `codec.split` takes apart (with `jsonCodec`, one a line). Looking for that costs
   * a little for each frame, so it is done where it may be.
   * @default true with option `session`, else false
   */
  splitFrames?: boolean
  /** Message types and their schemas. */
  protocol?: P
  /** Largest inbound frame that is read, in bytes (characters for text). @default 16_777_216 */
  maxFrameBytes?: number
  /** Longest a link may take to open, in milliseconds. @default 10_000 */
  openTimeoutMs?: number
  /** Clock, signals, frames and random source. For tests. */
  env?: Partial<Env>
}
