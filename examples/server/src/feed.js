import { createServer } from '@statewire/server'

/** @import { IncomingMessage } from 'node:http' */
/** @import { Duplex } from 'node:stream' */
/** @import { Sample } from './machine.js' */

const PATH = '/ws'

/**
 * @typedef {object} FeedOptions
 * @property {{ sample(): Sample }} machine what is measured
 * @property {number} intervalMs between two samples
 * @property {(token: unknown) => string | undefined} verify gives the user a token stands for
 * @property {number} authTimeoutMs for the token
 * @property {number} heartCheckMs between two heartChecks
 * @property {number} heartCheckTimeoutMs a client that shows no sign of life for so long is cut
 */

/**
 * Pushes the machine's samples to every signed-in WebSocket at `/ws`.
 *
 * @param {FeedOptions} options
 */
export function createFeed({ machine, intervalMs, verify, authTimeoutMs, heartCheckMs, heartCheckTimeoutMs }) {
  const server = createServer({
    noServer: true,
    path: PATH,
    authenticate: (token) => {
      const id = verify(token)
      return id === undefined ? null : { id }
    },
    heartbeat: { intervalMs: heartCheckMs, timeoutMs: heartCheckTimeoutMs, beat: true },
    limits: { authMs: authTimeoutMs },
  })
  const timer = setInterval(() => {
    const { time, cpu, cores, memory } = machine.sample()
    server.broadcast('monitorCPU', [[time, cpu]])
    server.broadcast('cores', cores)
    server.broadcast('memory', memory)
  }, intervalMs)

  return {
    /**
     * Tells whether an upgrade is meant for the feed.
     *
     * @param {{ url?: string | undefined }} request
     */
    takes: ({ url = '' }) => url.split('?')[0] === PATH,
    /**
     * Takes an upgrade over, or refuses it when it comes from a page of another host.
     *
     * @param {IncomingMessage} request
     * @param {Duplex} stream
     * @param {Buffer} head
     */
    upgrade: (request, stream, head) => server.handleUpgrade(request, stream, head),
    /** How many sockets are open now. */
    get size() {
      return server.metrics().connections
    },
    /** Tells everybody that their token is no longer good. */
    refuseAll() {
      for (const client of server.clients) client.close(4401, 'token refused')
    },
    /** Stops the feed and says goodbye to everybody. */
    close() {
      clearInterval(timer)
      return server.close()
    },
  }
}
