import { sizesOf, TYPES } from '../lib/frames.mjs'
import { CountingSocket, startServer } from '../lib/loopback.mjs'
import { interleave, processorMs } from '../lib/measure.mjs'
import { decodeAll, manualFrames } from '../lib/open-client.mjs'
import { rowsOf } from '../lib/report.mjs'
import { wires, stateOf } from '../lib/wires.mjs'
import { createClient } from '@statewire/core'
import { writing } from '../peers/store-peers.mjs'
import { sceneOf } from './message.mjs'

export const title = 'From a real socket to the store'
export const about = `160 messages at a time over 127.0.0.1 from a server in another process, the \`ws\` package on both sides; then a paint.
Processor time of the client's process, the WebSocket's own included.`

export const groups = ['Pinia', 'Vuex 4', 'dva']

export const quickGroups = ['Pinia']

export async function run(group, settings) {
  globalThis.WebSocket = CountingSocket
  const { createStore, pathOf, peers } = await sceneOf(group)
  const server = await startServer()
  const rows = []
  try {
    for (const [column, bytes] of Object.entries(sizesOf(settings))) {
      const give = { give: settings.quick ? 8 : 160, bytes }
      const subjects = await subjectsOf({ server, give, createStore, pathOf, peers })
      const measured = await interleave(subjects, { ...settings, read: processorMs })
      for (const { end } of subjects) end()
      rows.push(...rowsOf(measured, { table: `${group}: over a loopback socket`, column, floor: 'floor' }))
    }
  } finally {
    server.end()
  }
  return rows
}

async function subjectsOf({ server, give, createStore, pathOf, peers }) {
  const { wire, initial, read } = wires.latest
  const scene = { state: () => stateOf(initial), read }
  const { 'react-use-websocket': _, ...storePeers } = peers
  const openers = {
    floor: { speaks: 'plain', open: openFloor },
    'statewire, latest, every frame decoded': {
      speaks: 'plain',
      async open({ url }) {
        const page = manualFrames()
        const client = createClient({
          url,
          webSocket: CountingSocket,
          codec: decodeAll(),
          env: { frames: page.frames },
        })
        await client.connect()
        const made = createStore({ ...scene, wired: { client, wire: wire(pathOf) } })
        return { ...made, paint: () => page.paint(), end: () => (client.dispose(), made.end()) }
      },
    },
    ...storePeers,
    ...writing(createStore, scene),
  }
  const subjects = []
  for (const [name, opener] of Object.entries(openers)) {
    subjects.push(await connected({ name, opener, server, give, createStore, scene }))
  }
  return subjects
}

/** A subject that asks the server for messages, and takes them. */
async function connected({ name, opener: { speaks, open }, server, give, createStore, scene }) {
  server.tell({ speaks })
  await server.hear('speaking')
  const made = await open({ url: server.url, types: TYPES, createStore, scene })
  const to = await server.hear('opened')
  const socket = CountingSocket.last
  const step = async () => {
    const arrived = socket.more(give.give)
    server.tell({ ...give, to })
    await arrived
    made.paint?.()
    await made.settle()
  }
  return { name, per: give.give, step, end: made.end }
}

async function openFloor({ url }) {
  const state = { quote: null, trade: null, depth: null, alert: null }
  const socket = new WebSocket(url)
  socket.onmessage = ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    switch (type) {
      case 'quote':
        state.quote = data
        break
      case 'trade':
        state.trade = data
        break
      case 'depth':
        state.depth = data
        break
      case 'alert':
        state.alert = data
        break
    }
  }
  await new Promise((resolve) => socket.on('open', resolve))
  return { settle: () => undefined, end: () => socket.terminate() }
}
