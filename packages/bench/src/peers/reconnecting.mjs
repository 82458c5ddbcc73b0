import { createRequire } from 'node:module'
import { createClient } from '@statewire/core'
import { loadUseWebSocket } from './sockets.mjs'

const require = createRequire(import.meta.url)

/**
 * Clients that come back: each calls `ready` whenever messages can flow again. With `delayMs` all wait that long and no longer;
 * without, they do as they do by default (where reconnecting is off by default, it is switched on).
 *
 * @typedef {{ url: string, delayMs?: number, ready: () => void }} Request
 * @type {Record<string, { speaks: string, open: (request: Request) => Promise<{ end: () => void }> }>}
 */
export const reconnecting = {
  statewire: {
    speaks: 'plain',
    async open({ url, delayMs, ready }) {
      const reconnect = delayMs === undefined ? {} : { reconnect: { delayMs } }
      const client = createClient({ url, webSocket: WebSocket, ...reconnect })
      client.on('state', ({ status }) => {
        if (status === 'open') ready()
      })
      void client.connect()
      return { end: () => client.dispose() }
    },
  },

  'reconnecting-websocket': {
    speaks: 'plain',
    async open({ url, delayMs, ready }) {
      const { default: loaded } = await import('reconnecting-websocket')
      const delays = { minReconnectionDelay: delayMs, maxReconnectionDelay: delayMs }
      const options = { WebSocket, ...(delayMs === undefined ? {} : delays) }
      const socket = new (loaded.default ?? loaded)(url, [], options)
      socket.addEventListener('open', ready)
      return { end: () => socket.close() }
    },
  },

  partysocket: {
    speaks: 'plain',
    async open({ url, delayMs, ready }) {
      const { default: PartyWebSocket } = await import('partysocket/ws')
      const delays = { minReconnectionDelay: delayMs, maxReconnectionDelay: delayMs }
      const socket = new PartyWebSocket(url, [], { WebSocket, ...(delayMs === undefined ? {} : delays) })
      socket.addEventListener('open', ready)
      return { end: () => socket.close() }
    },
  },

  'VueUse useWebSocket': {
    speaks: 'plain',
    async open({ url, delayMs, ready }) {
      const { effectScope } = await import('vue')
      const useWebSocket = await loadUseWebSocket()
      const scope = effectScope(true)
      const autoReconnect = delayMs === undefined ? true : { delay: delayMs }
      scope.run(() => useWebSocket(url, { autoReconnect, onConnected: ready }))
      return { end: () => scope.stop() }
    },
  },

  'socket.io-client': {
    speaks: 'socket.io',
    async open({ url, delayMs, ready }) {
      const { io } = require('socket.io-client/dist/socket.io.js')
      const delays = { reconnectionDelay: delayMs, reconnectionDelayMax: delayMs, randomizationFactor: 0 }
      const options = { transports: ['websocket'], forceNew: true, ...(delayMs === undefined ? {} : delays) }
      const socket = io(url.replace(/^ws/, 'http'), options)
      socket.on('connect', ready)
      return { end: () => socket.disconnect() }
    },
  },

  centrifuge: {
    speaks: 'centrifuge',
    async open({ url, delayMs, ready }) {
      const { Centrifuge } = await import('centrifuge')
      const delays = { minReconnectDelay: delayMs, maxReconnectDelay: delayMs }
      const centrifuge = new Centrifuge(url, { websocket: WebSocket, ...(delayMs === undefined ? {} : delays) })
      centrifuge.on('connected', ready)
      centrifuge.connect()
      return { end: () => centrifuge.disconnect() }
    },
  },

  'graphql-ws': {
    speaks: 'graphql-ws',
    async open({ url, delayMs, ready }) {
      const { createClient: createGraphqlClient } = await import('graphql-ws')
      const retryWait = () => new Promise((resolve) => setTimeout(resolve, delayMs))
      const waits = delayMs === undefined ? {} : { retryWait }
      const options = { url, webSocketImpl: WebSocket, lazy: false, retryAttempts: 1_000_000, shouldRetry: () => true }
      const client = createGraphqlClient({ ...options, ...waits, onNonLazyError() {} })
      client.on('connected', ready)
      return { end: () => void client.dispose() }
    },
  },
}

/** By hand: a new socket a fixed time after the last one closed. */
export const byHand = {
  speaks: 'plain',
  async open({ url, delayMs = 1_000, ready }) {
    let ended = false
    let socket
    const start = () => {
      socket = new WebSocket(url)
      socket.onopen = ready
      socket.onerror = () => {}
      socket.onclose = () => ended || setTimeout(start, delayMs)
    }
    start()
    return {
      end() {
        ended = true
        socket.terminate()
      },
    }
  },
}
