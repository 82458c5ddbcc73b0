/** @import { Context, Next } from 'koa' */

const METHODS = ['GET', 'HEAD', 'OPTIONS']

/**
 * JSON that pages of other hosts may read as well; and the answer to a browser that asks first whether it may.
 *
 * @param {Context} ctx
 * @param {Next} next
 */
export async function responseHeader(ctx, next) {
  ctx.set('Content-Type', 'application/json; charset=utf-8')
  ctx.set('Access-Control-Allow-Origin', '*')
  ctx.set('Access-Control-Allow-Methods', METHODS.join(', '))
  if (ctx.method === 'OPTIONS') ctx.status = 204
  else await next()
}
