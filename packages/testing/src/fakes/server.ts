import type { Envelope, Frame } from '@statewire/core'
import { FakeConnection, type ConnectionOwner, type Direction } from './connection.ts'
import { FakeNetwork } from './network.ts'
import { readFrame, type FakePeer, type FakeTransport } from './transport.ts'

/** How a `FakeServer` behaves by itself. */
export interface FakeServerOptions {
  /** The only token that is accepted. Setting it turns `auth` on. @default any non-empty string */
  token?: string
  /** Expects `{type:'auth',data:token}` first, and ends links that send anything else before. @default false, or true with `token` */
  auth?: boolean
  /** Accepts links by itself, in the microtask after they were opened. @default true */
  autoAccept?: boolean
  /** Answers each `heartCheck` with another one, for clients that ping. @default false */
  echo?: boolean
  /** Makes the reply to a message, after auth; undefined for none. */
  respond?: (message: Envelope, connection: FakeConnection) => Envelope | undefined
}

/**
 * A scripted server that speaks `{type, data}`. What the test tells it (`broadcast`, `beat`, `stop`, …) happens at once; its own
 * reactions (accepting, answering auth, finishing a close) come a microtask later, as no network answers within the call:
 * `await settle()` waits for them.
 *
 * @example
 * const server = new FakeServer({ token: 'secret' })
 * const client = createClient({ url: 'ws://fake', transport: server.network.open, env, auth: { token: () => 'secret' } })
 * await client.connect()
 * server.broadcast('ticker', { price: 1 })
 */
export class FakeServer {
  /** Every link the client opened; `network.open` is the client's option `transport`. */
  readonly network: FakeNetwork
  /** Whether links are accepted without being told to. */
  autoAccept: boolean
  /** The accepted token; undefined: any non-empty string. */
  token: string | undefined
  /** Everything that arrived, over all links, decoded: JSON as its value, other frames as they are. */
  readonly received: unknown[] = []
  readonly #options: FakeServerOptions
  #connections: FakeConnection[] = []
  #waiting: FakeTransport[] = []
  #running = true

  constructor(options: FakeServerOptions = {}) {
    this.#options = options
    this.token = options.token
    this.#owner = {
      auth: options.auth ?? options.token !== undefined,
      arrived: (connection, frame) => this.#arrived(connection, frame),
      forget: (connection) => {
        this.#connections = this.#connections.filter((other) => other !== connection)
      },
    }
    this.autoAccept = options.autoAccept ?? true
    this.network = new FakeNetwork(this.#peer)
  }

  /** Links the server takes for open, oldest first; a link the client abandoned behind a blackhole is still one of them. */
  get connections(): readonly FakeConnection[] {
    // A test may have dropped the link behind the server's back.
    return this.#connections.filter(({ transport }) => transport.status !== 'closed')
  }

  /** The connection accepted last. @throws {Error} when none is open. */
  get last(): FakeConnection {
    const last = this.connections.at(-1)
    if (!last) throw new Error('The server has no open connection.')
    return last
  }

  /** Accepts the links that wait because `autoAccept` is off. */
  accept(): void {
    for (const transport of this.#waiting.splice(0)) this.#accept(transport)
  }

  /** Sends one message to every authenticated connection. */
  broadcast(type: string, data?: unknown): void {
    for (const connection of this.connections) if (connection.authenticated) connection.send(type, data)
  }

  /** Sends one message over the connection accepted last. @throws {Error} when none is open. */
  send(type: string, data?: unknown): void {
    this.last.send(type, data)
  }

  /** Sends `{type:'heartCheck'}` to every authenticated connection. */
  beat(): void {
    this.broadcast('heartCheck')
  }

  /** Blocks every present connection; new ones pass. @param direction Default: both. */
  blackhole(direction: Direction = 'both'): void {
    for (const connection of this.connections) connection.blackhole(direction)
  }

  /** Undoes `blackhole`. */
  heal(): void {
    for (const connection of this.connections) connection.heal()
  }

  /** The process dies: every link breaks (1006) and new ones are refused until `start()`. */
  stop(): void {
    this.#running = false
    for (const connection of this.connections) connection.close()
    for (const transport of this.#waiting.splice(0)) if (transport.status === 'connecting') transport.refuse()
  }

  /** Takes connections again after `stop()`. */
  start(): void {
    this.#running = true
  }

  readonly #peer: FakePeer = {
    opened: (transport) => queueMicrotask(() => this.#opened(transport)),
    frame: (transport, frame) => this.#find(transport)?.take(frame),
    closing: (transport) => {
      this.#waiting = this.#waiting.filter((other) => other !== transport)
      const connection = this.#find(transport)
      if (connection) connection.takeClose()
      else queueMicrotask(() => transport.finishClose())
    },
  }

  readonly #owner: ConnectionOwner

  #find(transport: FakeTransport): FakeConnection | undefined {
    return this.#connections.find((connection) => connection.transport === transport)
  }

  #opened(transport: FakeTransport): void {
    if (transport.status !== 'connecting') return
    if (!this.#running) transport.refuse()
    else if (this.autoAccept) this.#accept(transport)
    else this.#waiting.push(transport)
  }

  #accept(transport: FakeTransport): void {
    this.#connections.push(new FakeConnection(transport, this.#owner))
    transport.accept()
  }

  #arrived(connection: FakeConnection, frame: Frame): void {
    const message = readFrame(frame)
    connection.received.push(message)
    this.received.push(message)
    queueMicrotask(() => this.#react(connection, message))
  }

  #react(connection: FakeConnection, message: unknown): void {
    const { type, data } = readEnvelope(message)
    if (this.#owner.auth && type === 'auth') {
      connection.authenticated = this.token === undefined ? isToken(data) : data === this.token
      connection.sendRaw(connection.authenticated ? { type: 'auth', data: 'auth ok' } : { type: 'noAuth' })
    } else if (!connection.authenticated) {
      connection.close(4401)
    } else if (type === 'heartCheck') {
      if (this.#options.echo) connection.send('heartCheck')
    } else if (type !== undefined) {
      const reply = this.#options.respond?.({ type, data }, connection)
      if (reply) connection.sendRaw(reply)
    }
  }
}

function isToken(data: unknown): boolean {
  return typeof data === 'string' && data !== ''
}

function readEnvelope(message: unknown): { type: string | undefined; data: unknown } {
  if (typeof message !== 'object' || message === null || !('type' in message))
    return { type: undefined, data: undefined }
  const { type, data } = message as { type: unknown; data?: unknown }
  return { type: typeof type === 'string' ? type : undefined, data }
}
