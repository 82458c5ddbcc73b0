/** @import { Middleware } from 'koa' */

/**
 * Says how long the answer took, in milliseconds: `X-Response-Time: 3ms`. The outermost of the three, so that it counts the others.
 *
 * @type {Middleware}
 */
export const responseDuration = async (ctx, next) => {
  const start = performance.now()
  await next()
  ctx.set('X-Response-Time', `${Math.round(performance.now() - start)}ms`)
}
