/** @import { Context, Next } from 'koa' */

/**
 * Says how long the answer took, in milliseconds: `X-Response-Time: 3ms`. The outermost of the three, so that it counts the others.
 *
 * @param {Context} ctx
 * @param {Next} next
 */
export async function responseDuration(ctx, next) {
  const start = performance.now()
  await next()
  ctx.set('X-Response-Time', `${Math.round(performance.now() - start)}ms`)
}
