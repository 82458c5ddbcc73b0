import { cpus, freemem, totalmem } from 'node:os'

/**
 * What the machine does at one moment. Loads are percentages of the time since the sample before.
 *
 * @typedef {object} Sample
 * @property {string} time ISO 8601
 * @property {number} cpu load of the whole machine
 * @property {number[]} cores load of each core
 * @property {{ used: number, total: number }} memory in bytes
 */

/** @typedef {{ busy: number, total: number }} Ticks */

/**
 * Measures this machine: `sample()` compares the processors' time counters with those of the call before.
 *
 * @returns {{ sample(): Sample }}
 */
export function createMachine() {
  let previous = readTicks()
  /** @type {number[]} */
  let loads = previous.map(() => 0)

  return {
    sample() {
      const current = readTicks()
      // The counters have a grain of 10 ms: between two close samples nothing may have moved, and then the last load still holds.
      loads = current.map((ticks, core) => load(previous[core], ticks) ?? loads[core] ?? 0)
      previous = current
      const total = totalmem()
      return {
        time: new Date().toISOString(),
        cpu: round(loads.reduce((sum, value) => sum + value, 0) / Math.max(1, loads.length)),
        cores: loads.map(round),
        memory: { used: total - freemem(), total },
      }
    },
  }
}

/** @returns {Ticks[]} */
function readTicks() {
  return cpus().map(({ times }) => {
    const busy = times.user + times.nice + times.sys + times.irq
    return { busy, total: busy + times.idle }
  })
}

/**
 * @param {Ticks | undefined} before
 * @param {Ticks} after
 * @returns {number | undefined} percent, or undefined when no time was counted
 */
function load(before, after) {
  if (!before || after.total <= before.total) return undefined
  return Math.min(100, Math.max(0, ((after.busy - before.busy) / (after.total - before.total)) * 100))
}

/** @param {number} percent */
const round = (percent) => Math.round(percent * 10) / 10
