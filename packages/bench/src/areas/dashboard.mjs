import { append } from '@statewire/core'
import * as vue3 from 'vue'
import { Arrival } from '../lib/frames.mjs'
import { interleave } from '../lib/measure.mjs'
import { openClient } from '../lib/open-client.mjs'
import { rowsOf } from '../lib/report.mjs'
import { sceneOf } from './message.mjs'

const SERIES = 20
const POINTS = 300
const START_MS = 1_893_456_000_000

export const title = 'A busy dashboard'
export const about = `Twenty series of 300 points in a store that is walked through at every change: strict Vuex, or a deep \`$subscribe\` on Pinia. A flush takes one
point of one series, or one of each; microseconds a flush, readers included.`

export const groups = ['Vuex 4, strict', 'Vuex 3, strict', 'Pinia, $subscribe']

const keys = Array.from({ length: SERIES }, (_, index) => `cpu${index}`)
const toPoint = ([[year, value]]) => ({ year, value })
const fullSeries = () =>
  Array.from({ length: POINTS }, (_, step) => ({ year: new Date(START_MS + step).toISOString(), value: step % 100 }))
const fullState = () => Object.fromEntries(keys.map((key) => [key, fullSeries()]))
const read = (series) => series.length

const text = (series, step) =>
  JSON.stringify({ type: keys[series], data: [[new Date(START_MS + step).toISOString(), step % 100]] })
const rounds = (count, make) => Array.from({ length: count }, (_, round) => make(round))

/** What arrives between two paints. */
const loads = {
  'one series': rounds(64, (round) => [text(round % SERIES, round)]),
  'all 20': rounds(16, (round) => keys.map((_, series) => text(series, round))),
}

export async function run(group, settings) {
  const { createStore, pathOf } = await sceneOf(group)
  const rows = []
  for (const [column, batches] of Object.entries(loads)) {
    const options = { batches, createStore, pathOf, markRaw: markRawOf(group) }
    const subjects = [floor(options), await statewire(options)]
    const measured = await interleave(subjects, settings)
    for (const { end } of subjects) end()
    const notes = { statewire: { µs: measured.get('statewire').time.median } }
    const told = rowsOf(measured, { table: `${group}: 20 series of 300 points`, column, floor: 'floor', notes })
    rows.push(...told.map((row) => ({ ...row, unit: 'µs a flush' })))
  }
  return rows
}

const scene = { state: fullState, read, strict: true }

/** Raw copies, all of them in one mutation or patch, written by hand for these very messages. */
function floor({ batches, createStore, markRaw }) {
  const land = (own, arrived) => {
    for (const [key, points] of arrived) {
      const next = own[key].slice(Math.max(0, own[key].length + points.length - POINTS))
      next.push(...points.slice(-POINTS))
      own[key] = markRaw(next)
    }
  }
  const made = createStore({ ...scene, mutations: { LAND: land } })
  const commit = made.app
    ? (arrived) => made.store.$patch((own) => land(own, arrived))
    : (arrived) => made.store.commit('feed/LAND', arrived)
  const take = (frames) => {
    const arrived = new Map()
    for (const frame of frames) {
      const { type, data } = JSON.parse(frame)
      const points = arrived.get(type)
      if (points) points.push(toPoint(data))
      else arrived.set(type, [toPoint(data)])
    }
    commit(arrived)
  }
  return { name: 'floor', per: 1, step: stepOf(take, batches, made), end: made.end }
}

async function statewire({ batches, createStore, pathOf }) {
  const { client, paint, deliver, end } = await openClient()
  const wire = Object.fromEntries(keys.map((key) => [key, append(pathOf(key), { limit: POINTS, map: toPoint })]))
  const made = createStore({ ...scene, wired: { client, wire } })
  const take = (frames) => {
    for (const data of frames) deliver(new Arrival('message', { data }))
    paint()
  }
  return {
    name: 'statewire',
    per: 1,
    step: stepOf(take, batches, made),
    end() {
      made.end()
      end()
    },
  }
}

/** A live series is made by rules from its first point on; these were put there, so each is written once beforehand. */
function stepOf(take, batches, made) {
  take(keys.map((_, series) => text(series, 0)))
  return (index) => {
    take(batches[index % batches.length])
    return made.settle()
  }
}

function markRawOf(group) {
  if (!group.startsWith('Vuex 3')) return vue3.markRaw
  // Vue 2.7 has `markRaw` too, but puts its mark where copies and JSON see it.
  return (value) => Object.defineProperty(value, '__v_skip', { value: true, configurable: true })
}

const ours = (group, column) => (row) =>
  row.subject === 'statewire' && row.column === column && row.table.startsWith(`${group}:`)

export const targets = groups.flatMap((group) => [
  { aim: `${group}, one series: at most 100 µs a flush`, of: ours(group, 'one series'), by: 'time', most: 100 },
  { aim: `${group}, all 20: at most 2,000 µs a flush`, of: ours(group, 'all 20'), by: 'time', most: 2_000 },
])
