/** The scene of every case: as many series as a busy dashboard has, full. */
export const SERIES = 20
export const POINTS = 300

export const keys = Array.from({ length: SERIES }, (_, index) => `cpu${index}`)

const START_MS = 1_893_456_000_000

/** One frame as a server sends it: `{"type":"cpu3","data":[["2030-01-01T00:00:00.000Z",42]]}`. */
function frame(series, step) {
  return JSON.stringify({ type: keys[series], data: [[new Date(START_MS + step).toISOString(), step % 100]] })
}

export const toPoint = ([[year, value]]) => ({ year, value })

/** A full series of points that belong to nobody else. */
export function fullSeries() {
  return Array.from({ length: POINTS }, (_, step) => ({
    year: new Date(START_MS + step).toISOString(),
    value: step % 100,
  }))
}

export const fullState = () => Object.fromEntries(keys.map((key) => [key, fullSeries()]))

/**
 * What arrives between two paints, by case. Frames are made beforehand and used in turn: making them is not what is measured.
 *
 * @type {Record<string, { title: string, frames: string[][] }>}
 */
export const loads = {
  one: { title: 'one series changed', frames: rounds(64, (round) => [frame(round % SERIES, round)]) },
  all: { title: 'all 20 changed', frames: rounds(16, (round) => keys.map((_, series) => frame(series, round))) },
  burst: {
    title: '1,000 messages in one frame',
    frames: rounds(4, (round) => Array.from({ length: 1_000 }, (_, i) => frame(i % SERIES, round * 1_000 + i))),
  },
}

function rounds(count, make) {
  return Array.from({ length: count }, (_, round) => make(round))
}
