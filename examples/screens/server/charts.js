import { readFile } from 'node:fs/promises'

/** Every chart there is. A name that is not here leads to no file, whatever it looks like. */
export const CHART_NAMES = /** @type {const} */ (['trend', 'seller', 'map', 'rank', 'hot', 'stock'])

/** @typedef {typeof CHART_NAMES[number]} ChartName */

/** @type {ReadonlyMap<string, URL>} */
const FILES = new Map(CHART_NAMES.map((name) => [name, new URL(`../data/${name}.json`, import.meta.url)]))

/**
 * @param {unknown} name
 * @returns {name is ChartName}
 */
export const isChartName = (name) => typeof name === 'string' && FILES.has(name)

/**
 * Reads a chart's data, anew each time: whoever edits the file sees it at the next request.
 *
 * @param {ChartName} name
 * @returns {Promise<string>} JSON
 */
export function readChart(name) {
  return readFile(/** @type {URL} */ (FILES.get(name)), 'utf8')
}
