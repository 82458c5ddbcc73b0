import { upsert } from '@statewire/core'
import { messages, TYPES } from '../lib/frames.mjs'
import { interleave } from '../lib/measure.mjs'
import { rowsOf } from '../lib/report.mjs'
import { floor, peer, statewire } from '../lib/subjects.mjs'
import { stateOf, wires } from '../lib/wires.mjs'
import { socketPeers } from '../peers/sockets.mjs'
import { sceneOf } from './message.mjs'

export const title = 'Keyed rows'
export const about = `160 messages of 300 B a flush into four records of rows, by their id; one reader of each record. \`one copy a flush by
hand\`: the record is copied once a flush and replaced. A peer writes each row into a reactive record as it comes.`

export const groups = ['Pinia', 'Vuex 4', 'Vuex 4, strict', 'Vuex 3', 'dva']

export const quickGroups = ['Pinia', 'Vuex 3', 'dva']

export async function run(group, settings) {
  const { createStore, pathOf } = await sceneOf(group)
  const { wire, read } = wires.upsert
  const rows = []
  for (const count of settings.quick ? [8] : [100, 2_000, 10_000]) {
    const filled = () => Object.fromEntries(Array.from({ length: count }, (_, id) => [id, { id, price: 1 }]))
    const scene = { state: () => stateOf(filled), read, strict: group.includes('strict') }
    const all = messages(settings.quick ? 32 : 20_000, { bytes: 300, ids: count })
    const per = settings.quick ? 8 : 160
    const batches = Array.from({ length: Math.floor(all.length / per) }, (_, i) => all.slice(i * per, (i + 1) * per))
    const subjects = [
      floor({ batches }),
      await statewire({ name: 'statewire, upsert', batches, wire: wire(pathOf), createStore, scene, client: {} }),
      copying({ batches, createStore, scene }),
    ]
    // Commits of single rows to strict mode walk through all of them each time: minutes.
    if (group === 'Pinia' || group === 'Vuex 4') {
      const inPlace = Object.fromEntries(TYPES.map((type) => [type, upsert(pathOf(type), { by: 'id', inPlace: true })]))
      const name = 'statewire, upsert in place'
      subjects.push(await statewire({ name, batches, wire: inPlace, createStore, scene, client: {} }))
    }
    if (group === 'Pinia') {
      subjects.push(await rowByRow({ batches, createStore, scene }))
    }
    const measured = await interleave(subjects, settings)
    for (const { end } of subjects) end()
    rows.push(...rowsOf(measured, { table: `${group}: keyed rows`, column: `${count} rows`, floor: 'floor' }))
  }
  return rows
}

function copying({ batches, createStore, scene }) {
  const made = createStore(scene)
  return {
    ...made,
    name: 'one copy a flush by hand',
    per: batches[0].length,
    step(index) {
      const next = Object.fromEntries(TYPES.map((type) => [type, undefined]))
      for (const text of batches[index % batches.length]) {
        const { type, data } = JSON.parse(text)
        const record = (next[type] ??= { ...made.get(type) })
        record[data.id] = Object.freeze(raw(data))
      }
      for (const type of TYPES) if (next[type]) made.write(type, raw(next[type]))
      return made.settle()
    },
  }
}

const raw = (value) => Object.defineProperty(value, '__v_skip', { value: true, configurable: true })

function rowByRow({ batches, createStore, scene }) {
  const withRows = (options) => {
    const made = createStore(options)
    return { ...made, write: (type, data) => void (made.store[type][data.id] = data) }
  }
  const name = 'VueUse useWebSocket'
  const { speaks, open } = socketPeers[name]
  const opener = {
    speaks,
    async open({ url, types }) {
      const made = withRows(scene)
      const socket = await open({ url, types, land: made.write })
      return { ...made, end: () => (socket.end(), made.end()) }
    },
  }
  return peer({ name: `${name}, row by row`, batches, createStore: withRows, scene, peer: opener })
}
