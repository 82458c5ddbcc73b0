import type { IncomingMessage } from 'node:http'
import { ServerError } from '../errors.ts'
import { Connection } from './connection.ts'
import type { HubCore } from './core.ts'
import { createCounters } from './counters.ts'
import { assertTopic, encodeMessage } from './encode.ts'
import { resolveDrain, resolveHub } from './resolve.ts'
import { Sessions } from './sessions.ts'
import { Timers } from './timers.ts'
import { Topics } from './topics.ts'
import { Turn } from './turn.ts'
import type { DrainOptions, Hub, HubLink, HubOptions, HubSocket, ServerClient, User } from './types.ts'

const CHECK_EVERY_MS = 40_000
const CLOSE_DEADLINE_MS = 2_000
const POLL_MS = 20

/**
 * Returns the server without its sockets: it is given links, and the time. `createServer` is this on `ws`; tests and other transports use it
 * directly.
 *
 * @throws {ServerError} `INVALID_OPTION`
 * @example
 * const hub = createHub({ env: { clock }, messages: { say: (data) => {} } })
 * const link = hub.accept({ send, close, terminate, bufferedBytes: 0 })
 * link.frame('{"type":"say","data":"hello"}')
 */
export function createHub<U extends User = User>(options: HubOptions<U> = {}): Hub<U> {
  const hub = new HubDriver(options)
  return {
    ready: hub.ready,
    accept: (socket, info) => hub.accept(socket, info),
    publish: (topic, type, data) => hub.publish(topic, type, data),
    broadcast: (type, data) => hub.broadcast(type, data),
    clients: { [Symbol.iterator]: () => hub.clients() },
    metrics: () => hub.metrics(),
    drain: (given) => hub.drain(given),
    close: () => hub.close(),
  }
}

class HubDriver<U extends User> implements HubCore<U> {
  readonly options
  readonly node: string
  readonly ready: Promise<void>
  readonly counters = createCounters()
  readonly topics: Topics
  readonly sessions: Sessions<U>
  readonly connections: Set<Connection<U>> = new Set<Connection<U>>()
  readonly loose: Set<Promise<unknown>> = new Set<Promise<unknown>>()
  readonly problem = (where: string, error: unknown): void => this.#problem(where, error)
  readonly timers: Timers
  readonly turn: Turn
  #draining: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: HubOptions<U>) {
    this.options = resolveHub(options)
    const { backplane, env, retentionOf, session } = this.options
    this.node = env.id()
    this.timers = new Timers(env.clock)
    this.turn = new Turn(env.turn)
    this.topics = new Topics(backplane, retentionOf, (error) => this.problem('backplane', error))
    this.sessions = new Sessions<U>(this)
    this.ready = backplane.open(this.node, {
      published: (topic, epoch, publication) => this.topics.published(topic, epoch, publication),
      takenOver: (sid, generation) => this.sessions.takenOver(sid, generation),
      interrupted: () => void this.topics.check(),
    })
    this.ready.catch((error: unknown) => this.problem('backplane', error))
    this.timers.every(CHECK_EVERY_MS, () => void this.topics.check())
    this.timers.every(session.ttlMs / 3, () => this.sessions.touch())
  }

  get draining(): boolean {
    return this.#draining !== undefined
  }

  accept(socket: HubSocket, { request }: { readonly request?: IncomingMessage } = {}): HubLink {
    if (this.draining) return refused(socket, 1012, 'restart')
    if (this.connections.size >= this.options.limits.connections) return refused(socket, 4029, 'too many connections')
    // Transports that have no request have an application that does not ask for it.
    const connection = new Connection<U>(this, socket, request as IncomingMessage)
    this.counters.connectionsTotal++
    this.connections.add(connection)
    connection.begin()
    return connection
  }

  async publish(topic: string, type: string, data: unknown) {
    assertTopic(topic)
    const payload = encodeMessage(type, data)
    const { backplane, retentionOf } = this.options
    const published = await backplane.publish({ topic, payload, retention: retentionOf(topic) })
    if (published.outcome === 'ok') return published.cursor
    throw new ServerError('CLOSED', `The backplane refused the message (${published.outcome}).`)
  }

  broadcast(type: string, data: unknown): void {
    const frame = encodeMessage(type, data)
    for (const connection of this.connections) if (connection.open) connection.sendVolatile(frame)
  }

  *clients(): Generator<ServerClient<U>> {
    for (const connection of this.connections) if (connection.open) yield connection.client
  }

  metrics() {
    const { counters, connections, sessions, topics } = this
    const { size, subscriptions } = topics
    return { ...counters, connections: connections.size, sessions: sessions.size, topics: size, subscriptions }
  }

  drain(options: DrainOptions = {}): Promise<void> {
    const resolved = resolveDrain(options)
    return (this.#draining ??= this.#drain(resolved))
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #drain({ deadlineMs, spreadMs, retryMs }: Required<DrainOptions>): Promise<void> {
    const { clock } = this.options.env
    for (const connection of this.connections) connection.bye({ retryMs, spreadMs, why: 'restart' })
    const waiting = new Timers(clock)
    const ended = Promise.all([this.sessions.idle(), ...this.loose])
    await Promise.race([ended, waiting.delay(deadlineMs)])
    for (const connection of [...this.connections]) connection.close(1012, 'restart')
    const until = clock.monotonic() + this.options.limits.closeMs
    while (this.connections.size > 0 && clock.monotonic() < until) await waiting.delay(POLL_MS)
    for (const connection of [...this.connections]) connection.terminate()
    waiting.end()
  }

  async #close(): Promise<void> {
    await this.drain({ deadlineMs: CLOSE_DEADLINE_MS })
    this.timers.end()
    await this.options.backplane.close()
  }

  #problem(where: string, error: unknown): void {
    this.counters.problems++
    try {
      this.options.onProblem({ where, error: where === 'backplane' ? bare(error) : error })
    } catch {
      // There is nobody left to tell.
    }
  }
}

// Clients of stores attach the failed command to its error, and with it the session's id, which is a secret.
function bare(error: unknown): unknown {
  if (!(error instanceof Error) || !('command' in error)) return error
  const told = new Error(error.message)
  told.name = error.name
  return told
}

function refused(socket: HubSocket, code: number, reason: string): HubLink {
  socket.close(code, reason)
  return { frame: () => {}, alive: () => {}, closed: () => {} }
}
