import { once } from 'node:events'
import { createServer } from 'node:http'
import { isIPv6 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { CHAT_PAGE } from '../../chat/server/app.js'
import { mountChat } from '../../chat/server/chat.js'
import { mountScreens } from '../../screens/server/mount.js'
import { createApp } from './app.js'
import { createFeed } from './feed.js'
import { createMachine } from './machine.js'
import { createTokens } from './tokens.js'
import { routeUpgrades } from './upgrade.js'

/** @import { AddressInfo } from 'node:net' */
/** @import { Page } from './pages.js' */
/** @import { Sample } from './machine.js' */

/**
 * The pages of the demo. A further example is one more line here.
 *
 * @type {readonly Page[]}
 */
export const PAGES = [
  { path: '/dashboard/', folder: fileURLToPath(new URL('../../dashboard/dist', import.meta.url)) },
  { path: '/vuex/', folder: fileURLToPath(new URL('../../vuex-legacy/dist', import.meta.url)) },
  { path: '/dva/', folder: fileURLToPath(new URL('../../dva-monitor/dist', import.meta.url)) },
  { path: '/screens/', folder: fileURLToPath(new URL('../../screens/dist', import.meta.url)) },
  CHAT_PAGE,
]

/**
 * The user name and password of the demo are public, so a key that is public as well gives nothing away that the login
 * does not. A server with real users takes its key from its configuration.
 */
const DEMO_SECRET = 'statewire demo'

/** Addresses that a browser on this machine reaches as localhost. */
const LOCAL = new Set(['127.0.0.1', '0.0.0.0', '::', '::1'])

const GOODBYE_MS = 500

/**
 * @typedef {object} DemoOptions
 * @property {number} [port] 0: any free one. Default 8080
 * @property {string} [host] default 127.0.0.1
 * @property {string} [secret] signs tokens; the same one after a restart keeps people signed in
 * @property {number} [intervalMs] between two samples. Default 500
 * @property {number} [heartCheckMs] between two heartChecks. Default 5,000
 * @property {number} [heartCheckTimeoutMs] a client that does not answer for so long is cut. Default 10,000
 * @property {number} [authTimeoutMs] a client that does not send its token for so long is closed. Default 10,000
 * @property {{ sample(): Sample }} [machine] what is measured. Default: this machine
 * @property {readonly Page[]} [pages] default: all examples
 */

/**
 * Starts the demo server.
 *
 * @param {DemoOptions} [options]
 * @returns when it listens. Rejects with the error of `listen`, such as `EADDRINUSE`
 */
export async function createDemo({
  port = 8080,
  host = '127.0.0.1',
  secret = DEMO_SECRET,
  intervalMs = 500,
  heartCheckMs = 5_000,
  heartCheckTimeoutMs = 10_000,
  authTimeoutMs = 10_000,
  machine = createMachine(),
  pages = PAGES,
} = {}) {
  const tokens = createTokens(secret)
  const verify = (/** @type {unknown} */ token) => tokens.verify(token)
  const screens = mountScreens({ verify, authTimeoutMs, heartCheckMs, heartCheckTimeoutMs })
  const app = createApp({ issue: (user) => tokens.issue(user), pages, middlewares: screens.middlewares })
  const server = createServer(app.callback())
  const streams = trackStreams(server)

  server.listen(port, host)
  await once(server, 'listening')
  // After listening: a server that cannot have its port leaves no timer behind.
  const feed = createFeed({ machine, intervalMs, verify, authTimeoutMs, heartCheckMs, heartCheckTimeoutMs })
  const chat = mountChat(server)
  routeUpgrades(server, [feed, screens, chat])
  const { port: actualPort } = /** @type {AddressInfo} */ (server.address())

  const stop = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    const feedClosed = feed.close()
    screens.close()
    chat.close()
    await feedClosed
    return closed
  }

  return {
    port: actualPort,
    url: `http://${LOCAL.has(host) ? 'localhost' : isIPv6(host) ? `[${host}]` : host}:${actualPort}`,
    /** How many WebSockets are open now. */
    get sockets() {
      return feed.size
    },
    /** Makes every token issued so far worthless, and says so to those who are connected with one. */
    revokeTokens() {
      tokens.revokeAll()
      feed.refuseAll()
    },
    /** Ends with a goodbye to every client; who does not answer it is cut after half a second. */
    async close() {
      const closed = stop()
      server.closeIdleConnections()
      const cut = setTimeout(() => streams.destroyAll(), GOODBYE_MS)
      await closed
      clearTimeout(cut)
    },
    /** Ends as a crash does: every connection is cut, no close frame is sent. */
    async kill() {
      streams.destroyAll()
      await stop()
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof createDemo>>} Demo */

/**
 * Node's own `closeAllConnections` leaves upgraded connections alone.
 *
 * @param {import('node:http').Server} server
 */
function trackStreams(server) {
  /** @type {Set<import('node:net').Socket>} */
  const streams = new Set()
  server.on('connection', (stream) => {
    streams.add(stream)
    stream.on('close', () => streams.delete(stream))
  })
  return { destroyAll: () => streams.forEach((stream) => stream.resetAndDestroy()) }
}
