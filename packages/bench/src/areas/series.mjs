import * as core from '@statewire/core'
import { arrivalsOf } from '../lib/frames.mjs'
import { interleave, settled } from '../lib/measure.mjs'
import { openClient } from '../lib/open-client.mjs'
import { StubSocket } from '../lib/stub-socket.mjs'
import { speech } from '../peers/speech.mjs'
import { createStore } from '../stores/pinia.mjs'

const A_FLUSH = 160
const START_MS = 1_893_456_000_000

export const title = 'Points of a live series'
export const about = `160 points a flush, two numbers each, into a full window in Pinia; one reader looks at the newest point once a flush.
The floor is a ring of two typed arrays, which has no contiguous view. \`push and shift\`: what people write, on a reactive array.`

export const groups = ['Pinia']

/** Each in a process of its own, beside the ring. */
export const subjects = () => Object.keys(kinds)

const kinds = {
  'statewire, append': (limit, batches) => wired('append', limit, batches),
  'statewire, series': (limit, batches) => wired('series', limit, batches),
  'push and shift': (limit, batches) => (limit <= 10_000 ? byHand(limit, batches) : undefined),
}

export async function run(_group, settings, name) {
  const per = settings.quick ? 8 : A_FLUSH
  const texts = Array.from({ length: per * 16 }, (_, i) =>
    JSON.stringify({ type: 'cpu', data: [START_MS + i, i % 100] }),
  )
  const batches = Array.from({ length: 16 }, (_, i) => texts.slice(i * per, (i + 1) * per))
  const measuring = []
  for (const limit of settings.quick ? [30, 100] : [300, 10_000, 1_000_000]) {
    const subject = await kinds[name](limit, batches)
    measuring.push(ring(limit, batches), ...(subject ? [subject] : []))
  }
  const measured = await interleave(measuring, { ...settings, floor: measuring[0].name })
  for (const { end } of measuring) end()
  const bytes = name === 'statewire, series' && !settings.quick ? await bytesOfPoint() : undefined
  return [...measured].map(([name, { time }]) => rowOf(name, time, { measured, bytes }))
}

/** Ratios are to the ring of the same window; `x of 300` compares with the same subject's smallest window. */
function rowOf(name, time, { measured, bytes }) {
  const [subject, column] = name.split(' | ')
  const ring = measured.get(`ring of typed arrays | ${column}`)
  const smallest = [...measured].find(([other]) => other.startsWith(`${subject} | `))[1]
  const share = (value) => value / ring.time.median
  const ratio = { median: share(time.median), min: share(time.min), max: share(time.max) }
  const notes = {
    ...(smallest.time === time ? {} : { 'of the smallest window': time.median / smallest.time.median }),
    ...(subject === 'statewire, series' && bytes ? { 'bytes a point': bytes } : {}),
  }
  const base = { table: 'A point of a series', subject, column, unit: 'µs a point', ...time }
  return subject === 'ring of typed arrays' ? base : { ...base, ratio, notes }
}

const pointsOf = (limit) => Array.from({ length: limit }, (_, i) => [START_MS + i, i % 100])
const columnOf = (limit) => `${limit} points`

function ring(limit, batches) {
  const times = new Float64Array(limit)
  const values = new Float64Array(limit)
  let count = 0
  let seen = 0
  return {
    name: `ring of typed arrays | ${columnOf(limit)}`,
    per: batches[0].length,
    step(index) {
      for (const text of batches[index % batches.length]) {
        const { type, data } = JSON.parse(text)
        if (type !== 'cpu') continue
        times[count % limit] = data[0]
        values[count % limit] = data[1]
        count += 1
      }
      seen += values[(count - 1) % limit]
    },
    end: () => seen,
  }
}

const FIELDS = { time: 0, value: 1 }

async function wired(kind, limit, batches) {
  StubSocket.speech = speech.plain
  const link = await openClient()
  const isSeries = kind === 'series'
  const rule = isSeries ? core.series('cpu', { limit, fields: FIELDS }) : core.append('cpu', { limit })
  const initial = isSeries ? rule({ cpu: null }, pointsOf(limit)).cpu : pointsOf(limit)
  const read = isSeries ? ({ columns }) => columns.value.at(-1) : (points) => points.at(-1)[1]
  const made = createStore({
    state: () => ({ cpu: initial }),
    read,
    wired: { client: link.client, wire: { cpu: rule } },
  })
  const arrivals = batches.map(arrivalsOf)
  return {
    name: `statewire, ${kind} | ${columnOf(limit)}`,
    per: batches[0].length,
    step(index) {
      for (const arrival of arrivals[index % arrivals.length]) link.deliver(arrival)
      link.paint()
      return made.settle()
    },
    end: () => (link.end(), made.end()),
  }
}

function byHand(limit, batches) {
  const made = createStore({ state: () => ({ cpu: pointsOf(limit) }), read: (points) => points.at(-1)[1] })
  return {
    name: `push and shift | ${columnOf(limit)}`,
    per: batches[0].length,
    step(index) {
      for (const text of batches[index % batches.length]) {
        made.store.cpu.push(JSON.parse(text).data)
        if (made.store.cpu.length > limit) made.store.cpu.shift()
      }
      return made.settle()
    },
    end: () => made.end(),
  }
}

/** Of a full window that has gone on for a while, as `process.memoryUsage` counts heap and array buffers. */
async function bytesOfPoint() {
  const limit = 1_000_000
  const rule = core.series('cpu', { limit, fields: FIELDS })
  const more = pointsOf(limit / 10)
  const used = async () => {
    await settled()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = await used()
  let state = { cpu: null }
  for (let i = 0; i < 25; i++) state = rule(state, more)
  const bytes = ((await used()) - before) / state.cpu.length
  return bytes
}

const isSeries = (row) => row.subject === 'statewire, series' && row.column === '1000000 points'
export const targets = [
  {
    aim: 'append at window 300: at most 1.5 × a ring of typed arrays',
    of: (row) => row.subject === 'statewire, append' && row.column === '300 points',
    most: 1.5,
  },
  {
    aim: 'series at window 1,000,000: at most 2 × its cost at 300',
    of: isSeries,
    by: 'of the smallest window',
    most: 2,
  },
  { aim: 'series: at most 24 bytes a point of two numbers', of: isSeries, by: 'bytes a point', most: 24 },
]
