import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaultProxy } from '@statewire/testing/node'
import { BrowserSocket } from './browser-socket.mjs'
import { peers } from './peers.mjs'
import { servers } from './servers.mjs'

/** One peer, its server, and a proxy between them; with a record of what each of them saw. */
export async function setStage(name, { speaks = peers[name].speaks, ready = () => {}, linked = () => {} } = {}) {
  globalThis.WebSocket = BrowserSocket
  const http = createServer()
  const stage = { name, heard: [], got: [], openings: 0, losses: 0, upgrades: 0, links: new Set() }
  http.on('upgrade', (_request, socket) => {
    stage.upgrades++
    stage.links.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => stage.links.delete(socket))
    linked(socket)
  })
  const server = servers[speaks](http, {
    ready,
    heard: (data) => void stage.heard.push(data),
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const proxy = await createFaultProxy({ target: { port: http.address().port } })
  const open = (setting) =>
    peers[name].open({
      url: proxy.wsUrl(),
      opened: () => void stage.openings++,
      lost: () => void stage.losses++,
      got: (data) => void stage.got.push(data),
      ...setting,
    })
  return Object.assign(stage, { proxy, publish: (data) => server.publish(data), open })
}

/** Sets the stage and waits until messages flow. */
export async function setOpenStage(name, options, setting) {
  const stage = await setStage(name, options)
  const peer = await stage.open(setting)
  if (!(await until(() => stage.openings > 0, 10_000))) throw new Error('did not open')
  await sleep(SETTLE_MS)
  return { stage, peer }
}

const SETTLE_MS = 500

/** @returns {Promise<number | undefined>} milliseconds until it was so */
export async function until(done, mostMs) {
  const from = performance.now()
  while (!done()) {
    if (performance.now() - from > mostMs) return undefined
    await sleep(5)
  }
  return performance.now() - from
}

export const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`

/** Writes a text frame, as servers send them, past the server. */
export function sayRaw(socket, text) {
  const bytes = Buffer.from(text)
  socket.write(Buffer.concat([Buffer.from([0x81, bytes.length]), bytes]))
}

/** Writes a close frame past the server. */
export function closeRaw(socket, code) {
  socket.write(Buffer.from([0x88, 2, code >> 8, code & 0xff]))
}
