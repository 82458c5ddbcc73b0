import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import serve from 'koa-static'

/** @import { Middleware } from 'koa' */

/**
 * A built page and where it is mounted.
 *
 * @typedef {object} Page
 * @property {string} path with slashes at both ends, as in the page's own `base`
 * @property {string} folder what the page's build wrote
 */

/**
 * Serves a single-page application under its path: its files, and for every other address below the path its index.html,
 * because the page's router knows what to show there.
 *
 * @param {Page} page
 * @returns {Middleware}
 */
export function servePage({ path, folder }) {
  const files = serve(folder, { index: false, setHeaders: cacheHashed })
  return async (ctx, next) => {
    if (`${ctx.path}/` === path) return ctx.redirect(path)
    if (!ctx.path.startsWith(path) || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    const address = ctx.path
    ctx.path = address.slice(path.length - 1)
    await files(ctx, async () => {})
    ctx.path = address
    // A file that is not there is an honest 404; a page sent in its place would be read as script or style.
    if (ctx.body !== undefined || /\.\w+$/.test(address)) return
    const html = await readFile(join(folder, 'index.html')).catch(() => ctx.throw(503, `${path} is not built`))
    ctx.type = 'html'
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = html
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} file
 */
function cacheHashed(response, file) {
  if (file.includes('/assets/')) response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
}
