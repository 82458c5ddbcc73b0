import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { ServerError } from './errors.ts'
import { createHub } from './hub/hub.ts'
import { assertPositive, resolveLimits } from './hub/resolve.ts'
import type { Hub, User } from './hub/types.ts'
import type { HttpServer, ServerOptions, StatewireServer } from './options.ts'
import { attachSocket } from './socket.ts'
import { AddressCount, originAllowed, pathMatches, refuseUpgrade } from './upgrade.ts'

type Sources = Pick<ServerOptions, 'port' | 'host' | 'server' | 'noServer' | 'connectionsPerIp'>

// Whoever needs longer for a handful of headers is not going to be a client.
const HEADERS_MS = 10_000

/**
 * Returns a running WebSocket server. It speaks `{type, data}` with any client, and keeps sessions with those that ask for one.
 *
 * @throws {ServerError} `INVALID_OPTION`
 * @example
 * const server = createServer({
 *   port: 8080,
 *   authenticate: async (token) => findUser(token),
 *   authorize: ({ user, topic, action }) => action === 'subscribe' || topic === `drawings/${user.id}`,
 *   messages: { say: (data, { user }) => server.publish('room', 'said', { by: user.id, data }) },
 *   requests: { getData: (params) => findData(params) },
 * })
 * await server.ready
 */
export function createServer<U extends User = User>(options: ServerOptions<U>): StatewireServer<U> {
  assertSource(options)
  const hub = createHub<U>(options)
  const own = options.port === undefined ? undefined : ownHttpServer()
  const http = own ?? options.server
  const upgrades = new Upgrades(hub, options, () => (http?.listenerCount('upgrade') ?? 1) === 1)
  http?.on('upgrade', upgrades.handle)
  const listening = own ? listen(own, options) : Promise.resolve()
  const ready = Promise.all([hub.ready, listening]).then(() => {})
  // An unhandled rejection would end the process; that the backplane cannot be opened the hub tells itself.
  ready.catch(() => {})
  listening.catch((error: unknown) => options.onProblem?.({ where: 'listen', error }))
  const close = async (): Promise<void> => {
    await hub.close()
    http?.off('upgrade', upgrades.handle)
    if (own) await closeHttp(own)
  }
  return {
    ready,
    publish: (topic, type, data) => hub.publish(topic, type, data),
    broadcast: (type, data) => hub.broadcast(type, data),
    clients: hub.clients,
    metrics: () => hub.metrics(),
    drain: (given) => hub.drain(given),
    close,
    handleUpgrade: (request, socket, head) => upgrades.handle(request, socket, head),
    get port() {
      return addressOf(http)?.port
    },
    get address() {
      const at = addressOf(own)
      return at && `ws://${host(at)}:${at.port}`
    },
  }
}

/** Turns HTTP upgrades into links of the hub. */
class Upgrades<U extends User> {
  readonly #hub: Hub<U>
  readonly #options: ServerOptions<U>
  readonly #alone: () => boolean
  readonly #addresses: AddressCount
  readonly #sockets: WebSocketServer

  /** @param alone True while nobody else could want what this server does not. */
  constructor(hub: Hub<U>, options: ServerOptions<U>, alone: () => boolean) {
    this.#hub = hub
    this.#options = options
    this.#alone = alone
    this.#addresses = new AddressCount(options.connectionsPerIp ?? Infinity)
    const { frameBytes: maxPayload, closeMs: closeTimeout } = resolveLimits(options.limits)
    // Compression costs memory for every socket: off, whatever the client offers.
    const lean = { clientTracking: false, perMessageDeflate: false }
    // After a frame that is too large `ws` closes by itself, and would wait for half a minute.
    const bounds = { maxPayload, closeTimeout }
    this.#sockets = new WebSocketServer({ noServer: true, ...lean, ...bounds })
  }

  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { path, origins } = this.#options
    if (!pathMatches(request, path)) {
      if (this.#alone()) refuseUpgrade(socket, 400)
      return
    }
    const { origin, host: asked } = request.headers
    if (!originAllowed(origin, asked, origins)) return refuseUpgrade(socket, 403)
    // Its close is over and would release nothing. It happens when an application awaits something first.
    if (socket.destroyed) return
    const release = this.#addresses.take(request.socket.remoteAddress ?? '')
    if (!release) return refuseUpgrade(socket, 429, 30)
    socket.once('close', release)
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => attachSocket(this.#hub, webSocket, request))
  }
}

function assertSource({ port, server, noServer, connectionsPerIp = 1 }: Sources): void {
  assertPositive('options', { connectionsPerIp })
  const given = [port, server, noServer || undefined].filter((one) => one !== undefined)
  if (given.length === 1) return
  throw new ServerError('INVALID_OPTION', 'Give exactly one of the options "port", "server" and "noServer".')
}

function ownHttpServer(): Server {
  const timeouts = { headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS, connectionsCheckingInterval: 2_000 }
  return createHttpServer(timeouts, (_, response) => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end()
  })
}

function listen(server: Server, { port, host: at }: Sources): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(at === undefined ? {} : { host: at }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function addressOf(server: HttpServer | undefined): AddressInfo | undefined {
  const at = server?.address()
  return typeof at === 'object' && at !== null ? at : undefined
}

function host({ address, family }: AddressInfo): string {
  if (address === '::' || address === '0.0.0.0') return '127.0.0.1'
  return family === 'IPv6' ? `[${address}]` : address
}
