import { messages, sizesOf } from '../lib/frames.mjs'
import { interleave } from '../lib/measure.mjs'
import { decodeAll } from '../lib/open-client.mjs'
import { rowsOf } from '../lib/report.mjs'
import { check, floor, peer, statewire } from '../lib/subjects.mjs'
import { stateOf, wires } from '../lib/wires.mjs'
import { storePeers, writing } from '../peers/store-peers.mjs'

const A_FLUSH = 160

export const title = 'From the text of a message to the store'
export const about = `160 messages of four types a flush, on a socket without a network; then the readers of all four keys run once.
Peers write each message as it comes.`

/** Each in a process of its own, as an application has one store. */
export const groups = ['Pinia', 'Pinia, $subscribe', 'Vuex 4', 'Vuex 4, strict', 'Vuex 3', 'Vuex 3, strict', 'dva']

/** The others run the same code. */
export const quickGroups = ['Pinia', 'Vuex 4', 'Vuex 3', 'dva']

export async function run(group, settings) {
  const { createStore, pathOf, peers } = await sceneOf(group)
  const strict = group.includes(',')
  const rows = []
  for (const [column, bytes] of Object.entries(sizesOf(settings))) {
    const batches = Array.from({ length: 8 }, (_, batch) =>
      rotated(messages(settings.quick ? 8 : A_FLUSH, { bytes, ids: settings.quick ? 8 : 100 }), batch * 4),
    )
    const options = { batches, createStore, pathOf, strict }
    const subjects = [floor({ batches }), ...(await ours(options)), ...(await theirs(options, peers))]
    const measured = await interleave(subjects, settings)
    for (const { end } of subjects) end()
    rows.push(...rowsOf(measured, { table: `${group}: messages into the store`, column, floor: 'floor' }))
  }
  return rows
}

/** `latest` is measured twice: as it is, and with a codec that tells no types, so that nothing can be left undecoded. */
async function ours({ batches, createStore, pathOf, strict }) {
  const variants = [
    { name: 'statewire, latest', rule: 'latest', client: {} },
    { name: 'statewire, latest, every frame decoded', rule: 'latest', client: { codec: decodeAll() } },
    { name: 'statewire, append 300', rule: 'append', client: {} },
    { name: 'statewire, upsert', rule: 'upsert', client: {} },
  ]
  const made = []
  for (const { name, rule, client } of variants) {
    const { wire, initial, read } = wires[rule]
    const scene = { state: () => stateOf(initial), read, strict }
    const one = await statewire({ name, batches, wire: wire(pathOf), createStore, scene, client })
    // The rows of `upsert` are all there after a round; its reader looks at one of them.
    if (rule !== 'upsert') await check(one, { batches, read })
    made.push(one)
  }
  return made
}

async function theirs({ batches, createStore, strict }, peers) {
  const { initial, read } = wires.latest
  const scene = { state: () => stateOf(initial), read, strict }
  const made = []
  const written = writing(createStore, scene)
  // In strict mode all that write message by message cost the same, and take minutes: one of them stands for all.
  const chosen = strict ? { 'VueUse useWebSocket': written['VueUse useWebSocket'] } : written
  for (const [name, one] of Object.entries({ ...chosen, ...peers })) {
    const subject = await peer({ name, batches, createStore, scene, peer: one })
    await check(subject, { batches, read })
    made.push(subject)
  }
  return made
}

/** The store of a group, and the peers that write such a store. */
export async function sceneOf(group) {
  if (group.startsWith('Pinia')) return { ...(await import('../stores/pinia.mjs')), peers: storePeers.pinia }
  if (group === 'dva') return { ...(await import('../stores/dva.mjs')), peers: storePeers.dva }
  const { onVuex3, onVuex4 } = await import('../stores/vuex.mjs')
  return group.startsWith('Vuex 4')
    ? { ...onVuex4(), peers: storePeers.vuex4 }
    : { ...onVuex3(), peers: storePeers.vuex3 }
}

export function rotated(list, by) {
  return [...list.slice(by % list.length), ...list.slice(0, by % list.length)]
}

const isDecoded = (row) => row.subject === 'statewire, latest, every frame decoded'

export const targets = Object.entries({ '60 B': 1.25, '300 B': 1.1, '4 KB': 1.03 }).flatMap(([column, most]) =>
  groups.map((group) => ({
    aim: `${group}, ${column}: at most ${most} × the floor`,
    of: (row) => isDecoded(row) && row.column === column && row.table.startsWith(`${group}:`),
    most,
  })),
)
