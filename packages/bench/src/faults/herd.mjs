import { quantile } from '../lib/measure.mjs'

const CLIENTS = 10_000
const AWAY_MS = 30_000
const LONGEST_MS = 120_000
const BIN_MS = 100

/**
 * How long each waits after its n-th failure in a row, as its source has it, by default; undefined: it gives up.
 * `luck` is drawn once for each page.
 *
 * @type {Record<string, (failures: number, luck: number) => number | undefined>}
 */
const waits = {
  // packages/core/src/connection/backoff.ts
  statewire: (failures) =>
    Math.min(15_000, (failures === 0 ? 0 : 250) + Math.random() * Math.min(15_000, 1_000 * 2 ** Math.max(1, failures))),
  // contrib/backo2.js, with reconnectionDelay 1 s, reconnectionDelayMax 5 s and randomizationFactor 0.5
  'socket.io-client'(failures) {
    const ms = 1_000 * 2 ** failures
    const roll = Math.random()
    const away = Math.floor(roll * 0.5 * ms)
    return Math.min(5_000, (Math.floor(roll * 10) & 1) === 0 ? ms - away : ms + away)
  },
  // backoff() with minReconnectDelay 0.5 s and maxReconnectDelay 20 s
  centrifuge: (failures) => Math.min(20_000, 500 + Math.random() * Math.min(20_000, 500 * 2 ** failures)),
  // retryWait and retryAttempts
  'graphql-ws': (failures) => (failures < 5 ? 1_000 * 2 ** failures + 300 + Math.random() * 2_700 : undefined),
  // _getNextDelay()
  partysocket: (failures) => Math.min(10_000, 3_000 * 1.3 ** failures),
  'reconnecting-websocket': (failures, luck) => Math.min(10_000, (1_000 + 4_000 * luck) * 1.3 ** failures),
}

/** @type {Record<string, import('./link-faults.mjs').Fault>} */
export const herdFaults = {
  P13: {
    title: 'A herd, simulated',
    about:
      '10,000 clients dropped at once by a server that is away for 30 s, with the waits that are in each source. Most attempts in 100 ms while it is away, and on its return; when half, and 95 %, of the clients are back.',
    mostMs: 10_000,
    async run(name) {
      return simulate(waits[name.split(',')[0]])
    },
  },
}

function simulate(waitOf) {
  const bins = new Map()
  const back = []
  for (let client = 0; client < CLIENTS; client++) {
    const luck = Math.random()
    let at = 0
    for (let failures = 0; at < LONGEST_MS; failures++) {
      const wait = waitOf(failures, luck)
      if (wait === undefined) break
      at += wait
      const bin = Math.floor(at / BIN_MS)
      bins.set(bin, (bins.get(bin) ?? 0) + 1)
      if (at < AWAY_MS) continue
      back.push(at - AWAY_MS)
      break
    }
  }
  const peakOf = (isMeant) =>
    Math.max(0, ...[...bins].filter(([bin]) => isMeant(bin * BIN_MS)).map(([, count]) => count))
  const peaks = [peakOf((at) => at < AWAY_MS), peakOf((at) => at >= AWAY_MS)].map((peak) => peak.toLocaleString('en'))
  const times = [0.5, 0.95].map((share) => `${(quantile(back, share) / 1_000).toFixed(1)} s`)
  const gone = CLIENTS - back.length
  return [...peaks, ...times].join(', ') + (gone > 0 ? `; ${gone.toLocaleString('en')} gave up` : '')
}
