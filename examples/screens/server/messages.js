import { isChartName } from './charts.js'

/** @import { ChartName } from './charts.js' */

/**
 * What a screen may ask or tell. A frame on the wire has four keys, `{ action, socketType, chartName, value }`.
 *
 * @typedef {{ action: 'getData', chartName: ChartName }
 *   | { action: 'fullScreen', chartName: ChartName, value: boolean }
 *   | { action: 'themeChange', value: 'light' | 'dark' }} ScreenMessage
 */

/**
 * Reads a message field by field: what is not known here is neither answered nor passed on.
 *
 * @param {Readonly<Record<string, unknown>>} frame
 * @returns {ScreenMessage | undefined}
 */
export function parseScreenMessage({ action, chartName, value }) {
  switch (action) {
    case 'getData':
      return isChartName(chartName) ? { action, chartName } : undefined
    case 'fullScreen':
      return isChartName(chartName) && typeof value === 'boolean' ? { action, chartName, value } : undefined
    case 'themeChange':
      return value === 'light' || value === 'dark' ? { action, value } : undefined
    default:
      return undefined
  }
}

/**
 * Writes a frame from checked fields only. Nothing else that the sender put into its own gets to the others.
 *
 * @param {Exclude<ScreenMessage, { action: 'getData' }>} message
 */
export function writeNews(message) {
  const { action, value } = message
  return JSON.stringify({
    action,
    socketType: action,
    chartName: message.action === 'fullScreen' ? message.chartName : '',
    value,
  })
}

/**
 * The data of a chart: JSON in JSON, since `data` is the file's text.
 *
 * @param {ChartName} chartName
 * @param {string} data
 */
export function writeData(chartName, data) {
  return JSON.stringify({ action: 'getData', socketType: `${chartName}Data`, chartName, value: '', data })
}

/** @param {string} text why a frame was not understood */
export const writeError = (text) => JSON.stringify({ action: 'error', socketType: 'error', chartName: '', value: text })
