import { createRequire } from 'node:module'
import { createClient } from '@statewire/core'
import { session } from '@statewire/core/session'

const require = createRequire(import.meta.url)

/**
 * A client with default options, and what a fault needs of it.
 *
 * @typedef {object} Setting
 * @property {string} url
 * @property {() => Promise<string>} [provide] gives the token, or the URL where a client has no tokens
 * @property {() => void} opened messages can flow
 * @property {() => void} lost the client knows that its link is gone
 * @property {(data: unknown) => void} got a message came
 * @property {() => void} [first] a listener before that one
 * @property {boolean} [retries] acknowledged sends where they have to be switched on
 *
 * @typedef {object} Peer
 * @property {(data: unknown) => unknown} send as one sends normally
 * @property {(data: unknown) => Promise<unknown>} [ask] a send that tells when the server has it
 * @property {() => void} again disconnects and connects in one tick
 *
 * @type {Record<string, { speaks: string, package?: string, open: (setting: Setting) => Promise<Peer> | Peer }>}
 */
export const peers = {
  'statewire, plain': { speaks: 'plain', open: (setting) => openStatewire(setting, { heartbeat: { mode: 'ping' } }) },
  'statewire, session': { speaks: 'sw', open: (setting) => openStatewire(setting, { session: session() }) },
  'socket.io-client': { speaks: 'socket.io', open: openSocketIo },
  centrifuge: { speaks: 'centrifuge', open: openCentrifuge },
  'graphql-ws': { speaks: 'graphql-ws', open: openGraphql },
  partysocket: {
    speaks: 'raw',
    async open(setting) {
      const { default: PartyWebSocket } = await import('partysocket/ws')
      return openRaw(PartyWebSocket, setting)
    },
  },
  'reconnecting-websocket': {
    speaks: 'raw',
    async open(setting) {
      const { default: loaded } = await import('reconnecting-websocket')
      return openRaw(loaded.default ?? loaded, setting)
    },
  },
}

function openStatewire({ url, provide = async () => 'token', opened, lost, got, first }, options) {
  const client = createClient({ url, webSocket: WebSocket, auth: { token: provide }, ...options })
  let open = false
  client.on('state', ({ status }) => {
    if (open === (status === 'open')) return
    open = !open
    if (open) opened()
    else lost()
  })
  if (first) client.onMessage('msg', first)
  client.onMessage('msg', got)
  if (options.session) client.channel('topic').subscribe(() => {})
  void client.connect()
  return {
    send: (data) => client.send('msg', data),
    ...(options.session ? { ask: (data) => client.send('msg', data) } : {}),
    again() {
      void client.disconnect()
      void client.connect()
    },
  }
}

function openSocketIo({ url, provide, opened, lost, got, first, retries }) {
  // The build for browsers.
  const { io } = require('socket.io-client/dist/socket.io.js')
  const auth = provide ? { auth: async (tell) => tell({ token: await provide() }) } : {}
  const acknowledged = retries ? { retries: 5, ackTimeout: 10_000 } : {}
  const options = { transports: ['websocket'], forceNew: true, ...auth, ...acknowledged }
  const socket = io(url.replace(/^ws/, 'http').replace(/\/$/, ''), options)
  socket.on('connect', opened)
  socket.on('disconnect', lost)
  if (first) socket.on('msg', first)
  socket.on('msg', got)
  return {
    send: (data) => socket.emit('msg', data),
    ...(retries ? { ask: (data) => socket.emitWithAck('msg', data) } : {}),
    again() {
      socket.disconnect()
      socket.connect()
    },
  }
}

async function openCentrifuge({ url, provide, opened, lost, got, first }) {
  const { Centrifuge } = await import('centrifuge')
  const centrifuge = new Centrifuge(url, { websocket: WebSocket, ...(provide ? { getToken: provide } : {}) })
  centrifuge.on('connected', opened)
  centrifuge.on('connecting', lost)
  const subscription = centrifuge.newSubscription('topic')
  if (first) subscription.on('publication', first)
  subscription.on('publication', ({ data }) => got(data))
  subscription.subscribe()
  centrifuge.connect()
  return {
    send: (data) => centrifuge.publish('topic', data),
    ask: (data) => centrifuge.rpc('msg', data),
    again() {
      centrifuge.disconnect()
      centrifuge.connect()
    },
  }
}

async function openGraphql({ url, provide, opened, lost, got, first }) {
  const { createClient: createGraphql } = await import('graphql-ws')
  const client = createGraphql({ url, webSocketImpl: WebSocket, ...(provide ? { connectionParams: provide } : {}) })
  client.on('connected', opened)
  client.on('closed', lost)
  const follow = (next) => client.subscribe({ query: 'subscription { msg }' }, { next, error() {}, complete() {} })
  if (first) follow(first)
  const land = ({ data }) => got(JSON.parse(data.msg))
  let end = follow(land)
  const query = 'mutation ($data: String!) { msg(data: $data) }'
  const ask = (data) =>
    new Promise((resolve, reject) => {
      const sink = { next: resolve, error: reject, complete() {} }
      client.subscribe({ query, variables: { data: JSON.stringify(data) } }, sink)
    })
  return {
    send: ask,
    ask,
    again() {
      end()
      end = follow(land)
    },
  }
}

function openRaw(Socket, { url, provide, opened, lost, got, first }) {
  const socket = new Socket(provide ? async () => (await provide()) && url : url, [], { WebSocket })
  socket.addEventListener('open', opened)
  socket.addEventListener('close', lost)
  if (first) socket.addEventListener('message', first)
  socket.addEventListener('message', ({ data: text }) => got(JSON.parse(text).data))
  return {
    send: (data) => socket.send(JSON.stringify({ type: 'msg', data })),
    again() {
      socket.close()
      socket.reconnect()
    },
  }
}
