import type { IncomingMessage } from 'node:http'
import type { Cursor } from '@statewire/core/protocol'
import type { Backplane, Retention } from '../backplane/backplane.ts'
import type { ServerEnv } from '../env.ts'
import type { MetricsSnapshot } from './counters.ts'

/** Who a connection belongs to. Sessions are bound to `id`. */
export interface User {
  readonly id: string
  /**
   * How long the token is good for, in milliseconds; a connection that brings no fresh one until then is closed with 4401. At least 1,
   * rounded down; Infinity: for ever. @default for ever
   */
  readonly tokenTtlMs?: number
}

/** A socket as the hub needs it. Nothing in it may throw. */
export interface HubSocket {
  send(text: string): void
  close(code: number, reason: string): void
  /** Ends the link at once, without a closing handshake. */
  terminate(): void
  /** Bytes that were sent and have not left this process. */
  readonly bufferedBytes: number
  /** Sends a ping that the other side answers by itself; without it, the hub does not look for dead links. */
  ping?(): void
  /** Stops reading, until `resume`. Without both, a client that is too fast is closed sooner. */
  pause?(): void
  resume?(): void
}

/** What the owner of a socket tells the hub. */
export interface HubLink {
  /** A frame came; undefined for one that is not text. */
  frame(text: string | undefined): void
  /** A sign of life that is no frame (a pong). */
  alive(): void
  /** The socket is closed. */
  closed(): void
}

/** A connected client, as handlers and `clients` see it. */
export interface ServerClient<U extends User = User> {
  /** Names the connection in logs. Not the session, whose id is a secret. */
  readonly id: string
  readonly user: U
  /** True when the client keeps a session: what is sent to it then survives a reconnect. */
  readonly session: boolean
  /**
   * Sends to this client alone. With a session it is stored first and delivered once, also after a reconnect; without one it is a plain frame.
   *
   * @throws {ServerError} `ENCODE` when JSON cannot carry the data, `INVALID_TYPE` for a reserved type.
   */
  send(type: string, data?: unknown): Promise<void>
  /** @param code 1000, or 3000 to 4999. */
  close(code?: number, reason?: string): void
}

/** What a handler gets beside the data. */
export interface HandlerContext<U extends User = User> {
  readonly user: U
  readonly client: ServerClient<U>
  readonly type: string
}

export type Handler<U extends User = User> = (data: unknown, context: HandlerContext<U>) => unknown

/** What a user wants to do with a topic. */
export interface Access<U extends User = User> {
  readonly user: U
  readonly topic: string
  readonly action: 'publish' | 'subscribe'
}

/** Something went wrong that the server survived. Never holds a token or a session id. */
export interface ServerProblem {
  /** What was going on: `handler`, `authenticate`, `authorize`, `backplane`, `listen`. */
  readonly where: string
  readonly error: unknown
}

export interface HeartbeatOptions {
  /** How often the server pings, in whole milliseconds; clients are told to ping as often. @default 25_000 */
  intervalMs?: number
  /** How long it waits for any sign of life after that, in whole milliseconds. @default 10_000 */
  timeoutMs?: number
  /** Sends `heartCheck` frames as well, for clients in reply mode. @default false */
  beat?: boolean
}

/** Bounds for what one client may take. */
export interface LimitOptions {
  /** Time for the auth frame to come and be accepted; then 4408. @default 10_000 */
  authMs?: number
  /** Time for a handler; then the message is refused as `timeout`. @default 30_000 */
  handlerMs?: number
  /** Largest frame a client may send, in whole bytes. Larger: 1009. @default 65_536 */
  frameBytes?: number
  /** Messages per second in the long run. Faster clients are read more slowly, then closed with 4029. @default 50 */
  messagesPerSecond?: number
  /** Messages at once. @default 200 */
  burst?: number
  /**
   * Bytes waiting for a client that reads too slowly, beside the largest message: first broadcasts to it are dropped, then it is closed
   * with 4008. @default 1_048_576
   */
  queueBytes?: number
  /** Topics of one client. More are denied. @default 128 */
  topicsPerClient?: number
  /** Connections of this node. More are closed with 4029. @default Infinity */
  connections?: number
  /** How long the other side's closing handshake is waited for. @default 2_000 */
  closeMs?: number
}

export interface SessionOptions {
  /** How long a session outlives its link, in whole milliseconds. @default 120_000, 600_000 with a durable backplane */
  ttlMs?: number
  /** How long the highest number of a client is remembered, in whole milliseconds. @default 86_400_000 */
  dedupeMs?: number
}

export interface TopicOptions {
  /** How much of each topic is kept for those who come back. @default { messages: 1_000, ttlMs: 300_000 } */
  retention?: Partial<Retention>
}

export interface HubOptions<U extends User = User> {
  /**
   * Says whose token this is; null or undefined: nobody's (`noAuth`, close 4401). A rejection is no refusal: the client is closed with 1011
   * and comes back. Without this option every client is the user `anonymous`, and no auth frame is asked for.
   */
  authenticate?: (
    token: string,
    context: { readonly request: IncomingMessage },
  ) => U | null | undefined | Promise<U | null | undefined>
  /** Says who may do what with a topic. @default nobody publishes, everybody subscribes */
  authorize?: (access: Access<U>) => boolean | Promise<boolean>
  /** Type → handler of messages. One at a time, in order, for each client with a session. */
  messages?: Readonly<Record<string, Handler<U>>>
  /** Type → handler of requests: what it returns is the reply. */
  requests?: Readonly<Record<string, Handler<U>>>
  heartbeat?: HeartbeatOptions
  limits?: LimitOptions
  session?: SessionOptions
  topics?: TopicOptions
  /**
   * What goes to one client within a turn of the event loop goes in one frame, one message a line, up to 65,536 characters (or what the
   * client takes, or a 16th of `limits.queueBytes`): for clients with a session that say they can read that. A browser has more to do for
   * a frame than for a message. `false`: each message is a frame.
   * @default true
   */
  joinFrames?: boolean
  /** Where logs and sessions are kept. @default memoryBackplane() */
  backplane?: Backplane
  /** Clock, randomness and ids, for tests. */
  env?: Partial<ServerEnv>
  /** Told of what went wrong. @default nothing is told */
  onProblem?: (problem: ServerProblem) => void
}

export interface DrainOptions {
  /** How long running handlers are waited for, in milliseconds. @default 10_000 */
  deadlineMs?: number
  /** Clients come back after `retryMs` and a random part of this, in whole milliseconds. @default 5_000 */
  spreadMs?: number
  /** In whole milliseconds. @default 0 */
  retryMs?: number
}

/** The server without its sockets. */
export interface Hub<U extends User = User> {
  /** Resolves when the backplane is open. */
  readonly ready: Promise<void>
  /** Takes a new link. */
  accept(socket: HubSocket, info?: { readonly request?: IncomingMessage }): HubLink
  /**
   * Publishes to all who subscribed, on all nodes. Resolves when it is stored.
   *
   * @throws {ServerError} `ENCODE`, `INVALID_TYPE`, `INVALID_TOPIC`; else what the backplane rejects with (then it may or may not be stored).
   */
  publish(topic: string, type: string, data?: unknown): Promise<Cursor>
  /**
   * Sends to all clients of this node, now: not stored, not repeated, and dropped for those who read too slowly.
   *
   * @throws {ServerError} `ENCODE`, `INVALID_TYPE`
   */
  broadcast(type: string, data?: unknown): void
  /** Clients of this node that are authenticated. */
  readonly clients: Iterable<ServerClient<U>>
  metrics(): MetricsSnapshot
  /**
   * Takes no more links, says goodbye, lets handlers finish, closes with 1012. Resolves when all links are gone.
   *
   * @throws {ServerError} `INVALID_OPTION`
   */
  drain(options?: DrainOptions): Promise<void>
  /** Drains with a short deadline, then closes the backplane. */
  close(): Promise<void>
}
