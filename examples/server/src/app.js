import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import { servePage } from './pages.js'

/** @import { Page } from './pages.js' */

/**
 * The HTTP side: the login and the built pages.
 *
 * @param {object} options
 * @param {(user: string) => string} options.issue makes a token
 * @param {readonly Page[]} options.pages the first one is where `/` leads
 */
export function createApp({ issue, pages }) {
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
  router.get('/', (ctx) => ctx.redirect(pages[0]?.path ?? '/'))

  app.use(async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff')
    await next()
  })
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: '8kb' }))
  app.use(router.routes())
  for (const page of pages) app.use(servePage(page))
  return app
}
