import { createRequire } from 'node:module'
import { arrivalsOf, messages } from '../lib/frames.mjs'
import { interleave } from '../lib/measure.mjs'
import { openClient } from '../lib/open-client.mjs'
import { rowsOf } from '../lib/report.mjs'
import { StubSocket } from '../lib/stub-socket.mjs'
import { socketPeers } from '../peers/sockets.mjs'
import { speech } from '../peers/speech.mjs'

const require = createRequire(import.meta.url)
const NAMES = Array.from({ length: 10_000 }, (_, i) => `type-${i}`)

export const title = 'Many message types'
export const about = `Messages of 60 B, one listener for each type. The floor parses, looks the type up in a Map and calls. \`compares in
every listener\`: what applications write that add a listener of the socket for each type; it parses each message once, which is flattering.
vue-socket.io-extended has a mutation of an empty store for each type.`

export const groups = ['listeners']

export async function run(_group, settings) {
  const rows = []
  for (const count of settings.quick ? [1, 10] : [1, 100, 10_000]) {
    const types = NAMES.slice(0, count)
    const texts = messages(settings.quick ? 10 : 10_000, { bytes: 60, types })
    const subjects = [await bareMap(types, texts), await ours(types, texts)]
    for (const name of ['socket.io-client', 'reconnecting-websocket']) subjects.push(await theirs(name, types, texts))
    subjects.push(await extended(types, texts))
    const measured = await interleave(subjects, settings)
    for (const { end } of subjects) end()
    rows.push(...rowsOf(measured, { table: 'A listener for each type', column: `${count} types`, floor: 'bare Map' }))
  }
  return rows
}

const PER = 100
/** Steps of so many messages each, from a list that goes round. */
function stepping(name, arrivals, { take, end = () => {} }) {
  const per = Math.min(PER, arrivals.length)
  const steps = Math.floor(arrivals.length / per)
  const step = (index) => {
    const from = (index % steps) * per
    for (let i = from; i < from + per; i++) take(arrivals[i])
  }
  return { name, per, step, end }
}

async function bareMap(types, texts) {
  const counter = { value: 0 }
  const listeners = new Map(types.map((type) => [type, (data) => void (counter.value += data.id)]))
  const take = ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    listeners.get(type)?.(data)
  }
  return stepping('bare Map', arrivalsOf(texts), { take, end: () => counter })
}

async function ours(types, texts) {
  StubSocket.speech = speech.plain
  const { client, deliver, end } = await openClient()
  const counter = { value: 0 }
  for (const type of types) client.onMessage(type, (data) => void (counter.value += data.id))
  return stepping('statewire, onMessage', arrivalsOf(texts), { take: deliver, end })
}

async function theirs(name, types, texts) {
  globalThis.WebSocket = StubSocket
  const { speaks, open } = socketPeers[name]
  StubSocket.speech = speech[speaks]
  const counter = { value: 0 }
  const linear = speaks === 'plain'
  const compares = types.map((own) => (type, data) => {
    if (type === own) counter.value += data.id
  })
  const all = (type, data) => {
    for (const compare of compares) compare(type, data)
  }
  const one = (_, data) => void (counter.value += data.id)
  const { end } = await open({ url: 'ws://127.0.0.1:1', types, land: linear ? all : one })
  const socket = StubSocket.last
  const frames = texts.map((text) => (linear ? text : speech[speaks].frame(...parts(text))))
  const label = linear ? `${name}, compares in every listener` : name
  return stepping(label, arrivalsOf(frames), { take: (arrival) => socket.deliver(arrival), end })
}

async function extended(types, texts) {
  const { onVuex3 } = await import('../stores/vuex.mjs')
  const { createStore } = onVuex3()
  const counter = { value: 0 }
  const mutations = Object.fromEntries(
    types.map((type) => [`SOCKET_${type.toUpperCase()}`, (_, data) => void (counter.value += data.id)]),
  )
  const made = createStore({ state: () => ({}), read: () => 0, mutations })
  const { io } = require('socket.io-client/dist/socket.io.js')
  const plugin = (await import('vue-socket.io-extended')).default
  StubSocket.speech = speech['socket.io']
  const socket = io('http://127.0.0.1:1', { transports: ['websocket'], forceNew: true })
  plugin.install(made.Vue, socket, { store: made.store })
  await new Promise((resolve) => socket.once('connect', resolve))
  const link = StubSocket.last
  const frames = texts.map((text) => speech['socket.io'].frame(...parts(text)))
  return stepping('vue-socket.io-extended', arrivalsOf(frames), {
    take: (arrival) => link.deliver(arrival),
    end: () => socket.disconnect(),
  })
}

function parts(text) {
  const { type, data } = JSON.parse(text)
  return [type, data]
}

export const targets = [
  {
    aim: 'dispatch over 10,000 types: at most 1.3 × a bare Map',
    of: (row) => row.subject === 'statewire, onMessage' && row.column === '10000 types',
    most: 1.3,
  },
]
