import { isChartName, readChart } from '../charts.js'

/** @import { Middleware } from 'koa' */

/**
 * The data of the chart that is named under the prefix, or a 404 that says so in JSON.
 *
 * @param {string} prefix such as `/screens/api/`
 * @returns {Middleware}
 */
export function responseData(prefix) {
  return async (ctx) => {
    const name = ctx.path.slice(prefix.length)
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
    if (isRead && isChartName(name)) {
      ctx.body = await readChart(name)
      return
    }
    ctx.status = 404
    ctx.body = JSON.stringify({ message: 'There is no such chart.', status: 404 })
  }
}
