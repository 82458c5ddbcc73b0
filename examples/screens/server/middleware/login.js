/** @import { Middleware } from 'koa' */

const MAX_CHARACTERS = 8 * 1024

/**
 * `POST /api/login` as the demo server has it: user name and password are both `demo`.
 *
 * @param {(user: string) => string} issue makes a token
 * @returns {Middleware}
 */
export function login(issue) {
  return async (ctx, next) => {
    if (ctx.path !== '/api/login' || ctx.method !== 'POST') return next()
    const { user, password } = await readJson(ctx.req)
    if (user === 'demo' && password === 'demo') {
      ctx.body = { token: issue(user) }
    } else {
      ctx.status = 401
      ctx.body = { message: 'Wrong user name or password.' }
    }
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<Record<string, unknown>>} nothing, when the body is too long or not JSON
 */
async function readJson(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_CHARACTERS) return {}
  }
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
