import { messages, sizesOf } from '../lib/frames.mjs'
import { interleave } from '../lib/measure.mjs'
import { decodeAll } from '../lib/open-client.mjs'
import { rowsOf } from '../lib/report.mjs'
import { check, floor, statewire } from '../lib/subjects.mjs'
import { stateOf, wires } from '../lib/wires.mjs'
import { createStore, pathOf } from '../stores/pinia.mjs'

export const title = 'Bursts of which the last value counts'
export const about = `Bursts of 10,000 messages of four types between two paints, all read with \`latest\` into Pinia. \`peek by hand\`: the
type is cut out of the text, and the last text of each type parsed at the end.`

export const groups = ['Pinia']

export async function run(_group, settings) {
  const rows = []
  const { wire, initial, read } = wires.latest
  const scene = { state: () => stateOf(initial), read }
  for (const [column, bytes] of Object.entries(sizesOf(settings))) {
    const burst = messages(settings.quick ? 40 : 10_000, { bytes })
    const batches = [burst, burst.toReversed()]
    const common = { batches, wire: wire(pathOf), createStore, scene }
    const subjects = [
      floor({ batches }),
      peekByHand({ batches }),
      await statewire({ ...common, name: 'statewire, latest', client: {} }),
      await statewire({ ...common, name: 'statewire, latest, every frame decoded', client: { codec: decodeAll() } }),
    ]
    for (const one of subjects.slice(2)) await check(one, { batches, read })
    const measured = await interleave(subjects, { ...settings, rounds: Math.min(settings.rounds, 7) })
    for (const { end } of subjects) end()
    rows.push(...rowsOf(measured, { table: 'Bursts of 10,000 messages', column, floor: 'floor' }))
  }
  return rows
}

const HEAD = '{"type":"'

function peekByHand({ batches }) {
  const last = new Map()
  const state = {}
  return {
    name: 'peek by hand',
    per: batches[0].length,
    step(index) {
      for (const text of batches[index % batches.length]) {
        if (text.startsWith(HEAD)) last.set(text.slice(HEAD.length, text.indexOf('"', HEAD.length)), text)
      }
      for (const [type, text] of last) state[type] = JSON.parse(text).data
      last.clear()
    },
    end: () => state,
  }
}

export const targets = Object.entries({ '60 B': 0.35, '300 B': 0.1, '4 KB': 0.02 }).map(([column, most]) => ({
  aim: `latest, ${column}: at most ${most} × the floor`,
  of: (row) => row.subject === 'statewire, latest' && row.column === column,
  most,
}))
