import { fileURLToPath } from 'node:url'
import { responseData } from './middleware/response-data.js'
import { responseDuration } from './middleware/response-duration.js'
import { responseHeader } from './middleware/response-header.js'
import { createWall } from './wall.js'

/** @import { Middleware } from 'koa' */
/** @import { SessionOptions } from './session.js' */

const API = '/screens/api/'
const SOCKET = '/screens/ws'

/**
 * The screens as parts of a Koa server: three middlewares, a page and a WebSocket path.
 *
 * @param {SessionOptions} options
 * @example
 * const screens = mountScreens({ verify })
 * for (const middleware of screens.middlewares) app.use(middleware)   // before `servePage(screens.page)`, which takes all of /screens/
 * server.on('upgrade', (request, stream, head) => {
 *   if (screens.takes(request)) screens.upgrade(request, stream, head)
 * })
 */
export function mountScreens(options) {
  const wall = createWall(options)
  return {
    /** Where the built page is. */
    page: { path: '/screens/', folder: fileURLToPath(new URL('../dist', import.meta.url)) },
    /** In this order. They answer below `/screens/api/` and let everything else pass. */
    middlewares: [responseDuration, responseHeader, responseData(API)].map((middleware) => below(API, middleware)),
    /**
     * Tells whether an upgrade is meant for the screens.
     *
     * @param {{ url?: string | undefined }} request
     */
    takes: ({ url = '' }) => url.split('?')[0] === SOCKET,
    upgrade: wall.upgrade.bind(wall),
    /** How many screens are connected now. */
    get sockets() {
      return wall.size
    },
    close: () => wall.close(),
  }
}

/**
 * @param {string} prefix
 * @param {Middleware} middleware
 * @returns {Middleware}
 */
function below(prefix, middleware) {
  return (ctx, next) => (ctx.path.startsWith(prefix) ? middleware(ctx, next) : next())
}
