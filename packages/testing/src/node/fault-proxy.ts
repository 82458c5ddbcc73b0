import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { FaultPipe, type FaultPipePort, type Shape } from './fault-pipe.ts'
import { FrameFilter } from './frame-filter.ts'
import { FrameRules, type FrameRule } from './frame-rules.ts'
import { reset } from './reset.ts'
import { closeFrame } from './web-socket-frame.ts'

/** Where a proxy leads. */
export interface FaultProxyOptions {
  /** Where healthy traffic goes. */
  readonly target: { readonly host?: string; readonly port: number }
}

/** `up`: client to server. `down`: server to client. */
export type FaultDirection = 'up' | 'down' | 'both'

interface Link {
  readonly client: Socket
  readonly server?: Socket
  readonly up?: FaultPipe
  readonly down?: FaultPipe
}

/**
 * A TCP proxy on 127.0.0.1 that does what networks do. Made by `createFaultProxy`.
 * Faults on connections (`blackhole`, `cut`, `fin`) strike the present ones; new ones pass, unless `hangUpgrade` or `refuse` is on.
 */
export class FaultProxy {
  readonly #target: { readonly host: string; readonly port: number }
  readonly #links = new Set<Link>()
  readonly #rules = new FrameRules()
  readonly #shape: Shape = { latencyMs: 0, bytesPerSecond: Infinity, split: false }
  #listener: Server | undefined
  #port = 0
  #accepted = 0
  #hanging = false
  #cutAt: { left: number; readonly direction: FaultDirection } | undefined

  constructor({ target: { host = '127.0.0.1', port } }: FaultProxyOptions) {
    this.#target = { host, port }
  }

  /** The port clients connect to; the same for the proxy's whole life. */
  get port(): number {
    return this.#port
  }

  /** TCP connections of clients that are open now. */
  get connections(): number {
    return [...this.#links].filter(({ client }) => !client.closed).length
  }

  /** TCP connections ever accepted. */
  get accepted(): number {
    return this.#accepted
  }

  /** The proxy's address as a WebSocket URL. */
  wsUrl(path = '/'): string {
    return `ws://127.0.0.1:${this.#port}${path}`
  }

  /** The proxy's address as an HTTP URL. */
  httpUrl(path = '/'): string {
    return `http://127.0.0.1:${this.#port}${path}`
  }

  /** Stops forwarding on the present connections and keeps TCP up; ends are not forwarded either. @param direction Default: both. */
  blackhole(direction: FaultDirection = 'both'): void {
    for (const { up, down } of this.#links) {
      if (direction !== 'down') up?.block()
      if (direction !== 'up') down?.block()
    }
  }

  /** Undoes `blackhole`: what was held back is delivered, late. */
  heal(): void {
    for (const { up, down } of this.#links) {
      up?.heal()
      down?.heal()
    }
  }

  /** New connections are accepted by TCP, and nothing is ever forwarded or answered on them. Until `accept()`. */
  hangUpgrade(): void {
    this.#hanging = true
  }

  /** New connections are refused by TCP. Present ones stay. Until `accept()`. */
  async refuse(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    // Its close event waits for the connections to end; the port is free at once.
    listener?.close()
  }

  /** Undoes `refuse` and `hangUpgrade` for connections to come. */
  async accept(): Promise<void> {
    this.#hanging = false
    if (this.#listener) return
    // Half-open connections are a fault of their own: an end is forwarded as an end, not answered.
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#connected(client))
    this.#listener = listener
    listener.listen(this.#port, '127.0.0.1')
    await once(listener, 'listening')
    this.#port = (listener.address() as AddressInfo).port
  }

  /** Resets the present connections on both sides (RST). */
  cut(): void {
    for (const { client, server } of this.#links) {
      reset(client)
      if (server) reset(server)
    }
  }

  /** Ends the present connections on both sides in an orderly way (FIN), without a WebSocket close frame. */
  fin(): void {
    for (const { client, server } of this.#links) {
      client.end()
      server?.end()
    }
  }

  /**
   * Resets a connection after `bytes` more bytes were forwarded, counted over all connections, once.
   *
   * @param bytes Zero: with the next byte, which is not forwarded.
   * @param direction Which bytes count. Default: both.
   */
  cutAfterBytes(bytes: number, direction: FaultDirection = 'both'): void {
    this.#cutAt = { left: bytes, direction }
  }

  /** Delays everything, in each direction. @param ms Zero: no delay. */
  latency(ms: number): void {
    this.#shape.latencyMs = ms
  }

  /** Limits each direction of each connection. @param bytesPerSecond `Infinity`: no limit. */
  throttle(bytesPerSecond: number): void {
    this.#shape.bytesPerSecond = bytesPerSecond
  }

  /** Sends every byte in a TCP segment of its own (as far as the kernel agrees). @param on Default: true. */
  splitBytes(on = true): void {
    this.#shape.split = on
  }

  /**
   * Does something to single text messages, on the present connections and on those to come. Compressed messages pass unseen.
   *
   * @returns Removes the rule; idempotent.
   * @example
   * proxy.rule({ direction: 'down', match: (text) => text.includes('sw.ack'), nth: 1, action: { suppress: true } })
   */
  rule(rule: FrameRule): () => void {
    return this.#rules.add(rule)
  }

  /** Resets all connections and stops listening. */
  async close(): Promise<void> {
    await this.refuse()
    this.cut()
  }

  #connected(client: Socket): void {
    this.#accepted++
    const link = this.#hanging ? this.#hang(client) : this.#join(client)
    this.#links.add(link)
    // Kept until both ends are gone: behind a black hole the server does not hear of the client's end before it heals.
    const forget = (): void => {
      if (client.closed && (link.server?.closed ?? true)) this.#links.delete(link)
    }
    client.on('close', forget)
    link.server?.on('close', forget)
  }

  #hang(client: Socket): Link {
    client.on('error', () => {})
    // Read, or the end of a client that gives up would never be seen.
    client.resume().on('end', () => client.end())
    return { client }
  }

  #join(client: Socket): Link {
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    const close = (code: number): void => {
      up.finish(closeFrame(code, { up: true }))
      down.finish(closeFrame(code, { up: false }))
    }
    const up = new FaultPipe({ source: client, sink: server }, this.#shape, this.#portOf('up', close))
    const down = new FaultPipe({ source: server, sink: client }, this.#shape, this.#portOf('down', close))
    return { client, server, up, down }
  }

  #portOf(direction: 'up' | 'down', close: (code: number) => void): FaultPipePort {
    const filter = new FrameFilter(direction, this.#rules)
    return { filter, close, allow: (bytes) => this.#allow(bytes, direction) }
  }

  #allow(bytes: number, direction: 'up' | 'down'): number {
    const cutAt = this.#cutAt
    if (!cutAt || (cutAt.direction !== 'both' && cutAt.direction !== direction)) return bytes
    if (bytes <= cutAt.left) {
      cutAt.left -= bytes
      return bytes
    }
    this.#cutAt = undefined
    return cutAt.left
  }
}

/**
 * Starts a fault proxy on a free port of 127.0.0.1.
 *
 * @example
 * const proxy = await createFaultProxy({ target: { port: server.port } })
 * const client = createClient({ url: proxy.wsUrl('/ws') })
 * proxy.blackhole() // the cable is pulled
 * await proxy.close()
 */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options)
  await proxy.accept()
  return proxy
}
