import { once } from 'node:events'
import { createServer } from 'node:http'
import Koa from 'koa'
import { servePage } from '../../server/src/pages.js'
import { createTokens } from '../../server/src/tokens.js'
import { login } from './middleware/login.js'
import { mountScreens } from './mount.js'
import { refuseUpgrade } from './wall.js'

/** @import { AddressInfo, Socket } from 'node:net' */
/** @import { SessionOptions } from './session.js' */

/** As public as the demo's user name and password are. A server with real users takes its key from its configuration. */
const DEMO_SECRET = 'statewire demo'

const GOODBYE_MS = 500

/**
 * Starts a server that has nothing but the screens.
 *
 * @param {{ port?: number, host?: string, secret?: string } & Partial<SessionOptions>} [options] port 0: any free one
 * @returns when it listens. Rejects with the error of `listen`, such as `EADDRINUSE`
 */
export async function createScreens({ port = 8081, host = '127.0.0.1', secret = DEMO_SECRET, ...session } = {}) {
  const tokens = createTokens(secret)
  const screens = mountScreens({ verify: (token) => tokens.verify(token), ...session })

  const app = new Koa()
  for (const middleware of screens.middlewares) app.use(middleware)
  app.use(login((user) => tokens.issue(user)))
  app.use(servePage(screens.page))
  app.use((ctx) => (ctx.path === '/' ? ctx.redirect(screens.page.path) : undefined))

  const server = createServer(app.callback())
  /** Node's own `closeAllConnections` leaves upgraded connections alone. @type {Set<Socket>} */
  const streams = new Set()
  server.on('connection', (stream) => {
    streams.add(stream)
    stream.on('close', () => streams.delete(stream))
  })
  server.on('upgrade', (request, stream, head) => {
    if (screens.takes(request)) screens.upgrade(request, stream, head)
    else refuseUpgrade(stream, '404 Not Found')
  })
  server.listen(port, host)
  await once(server, 'listening')

  const cutAll = () => streams.forEach((stream) => stream.resetAndDestroy())
  const stop = () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    screens.close()
    return closed
  }
  const { port: actualPort } = /** @type {AddressInfo} */ (server.address())
  return {
    port: actualPort,
    url: `http://localhost:${actualPort}`,
    /** How many screens are connected now. */
    get sockets() {
      return screens.sockets
    },
    /** Ends with a goodbye to every screen; who does not answer it is cut after half a second. */
    async close() {
      const closed = stop()
      server.closeIdleConnections()
      const cut = setTimeout(cutAll, GOODBYE_MS)
      await closed
      clearTimeout(cut)
    },
    /** Ends as a crash does: every connection is cut, no close frame is sent. */
    async kill() {
      cutAll()
      await stop()
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof createScreens>>} Screens */
