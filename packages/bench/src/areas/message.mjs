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

export const groups = ['Pinia', 'Pinia, $subscribe', 'Vuex 4', 'Vuex 4, strict', 'Vuex 3', 'Vuex 3, strict', 'dva']

/** The others run the same code. */
export const quickGroups = ['Pinia', 'Vuex 4', 'Vuex 3', 'dva']

/** Each in a process of its own, beside the floor, as an application has one client and one store. */
export async function subjects(group) {
  return [...Object.keys(ours), ...Object.keys(peersOf(group, await sceneOf(group)))]
}

export async function run(group, settings, name) {
  const scene = await sceneOf(group)
  const rows = []
  for (const [column, bytes] of Object.entries(sizesOf(settings))) {
    const batches = Array.from({ length: 8 }, (_, batch) =>
      rotated(messages(settings.quick ? 8 : A_FLUSH, { bytes, ids: settings.quick ? 8 : 100 }), batch * 4),
    )
    const subject = await (name in ours ? our : their)(name, { group, batches, scene })
    const measured = await interleave([floor({ batches }), subject], settings)
    subject.end()
    rows.push(...rowsOf(measured, { table: `${group}: messages into the store`, column, floor: 'floor' }))
  }
  return rows
}

/** `latest` is measured twice: as it is, and with a codec that tells no types, so that nothing can be left undecoded. */
const ours = {
  'statewire, latest': { rule: 'latest', client: {} },
  'statewire, latest, every frame decoded': { rule: 'latest', client: { codec: decodeAll() } },
  'statewire, append 300': { rule: 'append', client: {} },
  'statewire, upsert': { rule: 'upsert', client: {} },
}

async function our(name, { group, batches, scene: { createStore, pathOf } }) {
  const { rule, client } = ours[name]
  const { wire } = wires[rule]
  const scene = feedOf(group, rule)
  const subject = await statewire({ name, batches, wire: wire(pathOf), createStore, scene, client })
  // The rows of `upsert` are all there after a round; its reader looks at one of them.
  if (rule !== 'upsert') await check(subject, { batches, read: scene.read })
  return subject
}

async function their(name, { group, batches, scene: made }) {
  const scene = feedOf(group, 'latest')
  const one = peersOf(group, made)[name]
  const subject = await peer({ name, batches, createStore: made.createStore, scene, peer: one })
  await check(subject, { batches, read: scene.read })
  return subject
}

function peersOf(group, { createStore, peers }) {
  const written = writing(createStore, feedOf(group, 'latest'))
  // In strict mode all that write message by message cost the same, and take minutes: one of them stands for all.
  const chosen = isStrict(group) ? { 'VueUse useWebSocket': written['VueUse useWebSocket'] } : written
  return { ...chosen, ...peers }
}

function feedOf(group, rule) {
  const { initial, read } = wires[rule]
  return { state: () => stateOf(initial), read, strict: isStrict(group) }
}

const isStrict = (group) => group.includes(',')

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
