import { messages, TYPES } from '../lib/frames.mjs'
import { interleave } from '../lib/measure.mjs'
import { decodeAll } from '../lib/open-client.mjs'
import { rowsOf } from '../lib/report.mjs'
import { floor, peer, statewire } from '../lib/subjects.mjs'
import { stateOf, wires } from '../lib/wires.mjs'
import { writing } from '../peers/store-peers.mjs'
import { mountReaders } from '../stores/components.mjs'
import { sceneOf } from './message.mjs'

const BYTES = 300

export const title = 'Many readers'
export const about = `Bursts of 10,000 messages of 300 B between two paints; each reader looks at one of four keys. Components are
mounted by a renderer of Vue that keeps its nodes in plain objects. \`runs\`: how often a reader ran in a burst; \`paints\`: how many
paints it took until all had landed. Peers write each message as it comes: here all in one task, so that Vue's readers run once.`

export const groups = ['Pinia, watchers', 'Vuex 4, strict, watchers', 'dva, watchers', 'Pinia, components']

export async function run(group, settings) {
  const scene = await sceneOf(group.startsWith('dva') ? 'dva' : group)
  const burst = settings.quick ? 40 : 10_000
  const batches = [messages(burst, { bytes: BYTES }), messages(burst, { bytes: BYTES }).toReversed()]
  const rows = []
  for (const readers of settings.quick ? [3] : [1, 100, 1_000]) {
    const subjects = [floor({ batches }), ...(await subjectsOf(group, { ...scene, batches, readers }))]
    const measured = await interleave(subjects, { ...settings, rounds: Math.min(settings.rounds, 5) })
    const notes = {}
    for (const one of subjects.slice(1)) notes[one.name] = await notesOf(one, readers)
    for (const { end } of subjects) end()
    rows.push(...rowsOf(measured, { table: `${group}: a burst`, column: `${readers} readers`, floor: 'floor', notes }))
  }
  return rows
}

async function subjectsOf(group, { createStore, pathOf, peers, batches, readers }) {
  const { wire, initial, read } = wires.latest
  const scene = { state: () => stateOf(initial), read: () => 0, strict: group.includes('strict') }
  const withReaders = (options) => withReadersOn(group, createStore(options), { read, readers })
  const common = { batches, createStore: withReaders, scene }
  const every = { codec: decodeAll() }
  const made = [
    await statewire({ name: 'statewire, latest', wire: wire(pathOf), client: {}, ...common }),
    await statewire({ name: 'statewire, latest, every frame decoded', wire: wire(pathOf), client: every, ...common }),
  ]
  // In strict mode a burst of single commits takes a minute.
  if (scene.strict) return made
  const chosen = { 'VueUse useWebSocket': writing(withReaders, scene)['VueUse useWebSocket'], ...peers }
  delete chosen['react-use-websocket']
  for (const [name, one] of Object.entries(chosen)) made.push(await peer({ name, peer: one, ...common }))
  return made
}

/** Puts readers on a store. */
function withReadersOn(group, made, { read, readers }) {
  const counter = { runs: 0 }
  const take = (value) => {
    counter.runs += 1
    counter.value = read(value)
  }
  const ends = group.endsWith('components') ? [mountReaders(made, { count: readers, take })] : []
  for (let i = 0; i < readers && ends.length < readers && !group.endsWith('components'); i++) {
    ends.push(made.watch(TYPES[i % TYPES.length], take))
  }
  return { ...made, counter, end: () => (ends.forEach((end) => end()), made.end()) }
}

async function notesOf(subject, readers) {
  subject.counter.runs = 0
  await subject.step(0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  return { runs: subject.counter.runs / readers, ...(subject.paints ? { paints: subject.paints() } : {}) }
}

const isDecoded = (row) => row.subject === 'statewire, latest, every frame decoded' && row.column === '1000 readers'
export const targets = groups.flatMap((group) => [
  {
    aim: `${group}, 1,000 readers: at most 2 × the floor`,
    of: (row) => isDecoded(row) && row.table.startsWith(group),
    most: 2,
  },
  {
    aim: `${group}, 1,000 readers: each runs at most once a burst`,
    of: (row) => isDecoded(row) && row.table.startsWith(group),
    by: 'runs',
    most: 1,
  },
])
