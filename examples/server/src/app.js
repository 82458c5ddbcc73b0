import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import serve from 'koa-static'
import { fileURLToPath } from 'node:url'
import { servePage } from './pages.js'

/** @import { Page } from './pages.js' */

/** What the demo begins with: a page that leads to the others. */
const START = fileURLToPath(new URL('../public', import.meta.url))

/**
 * The HTTP side: the start page, the login and the built pages.
 *
 * @param {object} options
 * @param {(user: string) => string} options.issue makes a token
 * @param {readonly Page[]} options.pages each under its own path
 * @param {readonly import('koa').Middleware[]} [options.middlewares] of the examples that have more than a page
 */
export function createApp({ issue, pages, middlewares = [] }) {
  const app = new Koa()
  const router = new Router()

  router.post('/api/login', (ctx) => {
    const { user, password } = /** @type {Record<string, unknown>} */ (ctx.request.body ?? {})
    if (user === 'demo' && password === 'demo') {
      ctx.body = { token: issue(user) }
    } else {
      ctx.status = 401
      ctx.body = { message: 'Wrong user name or password.' }
    }
  })

  app.use(async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff')
    await next()
  })
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: '8kb' }))
  app.use(router.routes())
  app.use(serve(START, { maxage: 0 }))
  for (const middleware of middlewares) app.use(middleware)
  for (const page of pages) app.use(servePage(page))
  return app
}
