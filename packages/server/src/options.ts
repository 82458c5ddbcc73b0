import type { IncomingMessage, Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Hub, HubOptions, User } from './hub/types.ts'

/** An HTTP server to attach to: of `node:http`, `node:https`, express, Koa or Fastify. */
export type HttpServer = Server | TlsServer

/** Where the server gets its connections from: exactly one of `port`, `server` and `noServer`. */
export interface ServerOptions<U extends User = User> extends HubOptions<U> {
  /** Listens here, on an HTTP server of its own; 0: any free port. */
  port?: number
  /** Address to listen on, with `port`. @default all */
  host?: string
  /** Takes the upgrades of this HTTP server. It stays the application's: it is not closed. */
  server?: HttpServer
  /** Takes only what is handed to `handleUpgrade`. */
  noServer?: boolean
  /** Path of the WebSocket; upgrades to others are left to other listeners, or refused when there are none. @default any */
  path?: string
  /**
   * Origins of pages that may connect (`https://app.example`), or '*'. Requests without an Origin (no browser sends such) are always
   * let in: a token is what keeps strangers out. @default pages of the same host
   */
  origins?: readonly string[] | '*'
  /** Connections of one address; more are refused with HTTP 429. Behind a proxy all have the proxy's address. @default Infinity */
  connectionsPerIp?: number
}

/** A running server. */
export interface StatewireServer<U extends User = User> extends Omit<Hub<U>, 'accept'> {
  /** Resolves when the port is open and the backplane is. Rejects when one of them cannot be. */
  readonly ready: Promise<void>
  /** The port, once it is open; undefined without one. */
  readonly port: number | undefined
  /** `ws://host:port` of the own HTTP server, once it is open. */
  readonly address: string | undefined
  /** Takes one upgrade, with `noServer`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}
