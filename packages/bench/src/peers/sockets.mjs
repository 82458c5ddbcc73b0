import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * Peers that bring messages and leave the store to the application. Each calls `land(type, data)` for each message, the way its
 * documentation shows.
 *
 * @typedef {{ url: string, types: readonly string[], land: (type: string, data: unknown) => void }} Request
 * @typedef {{ speaks: string, open: (request: Request) => Promise<{ end: () => void }> }} SocketPeer
 * @type {Record<string, SocketPeer>}
 */
export const socketPeers = {
  'reconnecting-websocket': {
    speaks: 'plain',
    async open({ url, land }) {
      const { default: ReconnectingWebSocket } = await import('reconnecting-websocket')
      const socket = new (ReconnectingWebSocket.default ?? ReconnectingWebSocket)(url, [], { WebSocket })
      socket.addEventListener('message', landText(land))
      await opened(socket)
      return { end: () => socket.close() }
    },
  },

  partysocket: {
    speaks: 'plain',
    async open({ url, land }) {
      const { default: PartyWebSocket } = await import('partysocket/ws')
      const socket = new PartyWebSocket(url, [], { WebSocket })
      socket.addEventListener('message', landText(land))
      await opened(socket)
      return { end: () => socket.close() }
    },
  },

  'VueUse useWebSocket': {
    speaks: 'plain',
    async open({ url, land }) {
      const { effectScope } = await import('vue')
      const useWebSocket = await loadUseWebSocket()
      const scope = effectScope(true)
      const onMessage = landText(land)
      await new Promise((resolve) => {
        scope.run(() => useWebSocket(url, { onConnected: resolve, onMessage: (_, event) => onMessage(event) }))
      })
      return { end: () => scope.stop() }
    },
  },

  'socket.io-client': {
    speaks: 'socket.io',
    async open({ url, types, land }) {
      // The build for browsers, without the `debug` package of the one for Node.
      const { io } = require('socket.io-client/dist/socket.io.js')
      const socket = io(url.replace(/^ws/, 'http'), { transports: ['websocket'], forceNew: true, path: '/socket.io' })
      for (const type of types) socket.on(type, (data) => land(type, data))
      await new Promise((resolve) => socket.once('connect', resolve))
      return { end: () => socket.disconnect() }
    },
  },

  centrifuge: {
    speaks: 'centrifuge',
    async open({ url, types, land }) {
      const { Centrifuge } = await import('centrifuge')
      const centrifuge = new Centrifuge(url, { websocket: WebSocket })
      centrifuge.connect()
      for (const type of types) {
        const subscription = centrifuge.newSubscription(type)
        subscription.on('publication', ({ data }) => land(type, data))
        subscription.subscribe()
        await subscription.ready(5_000)
      }
      return { end: () => centrifuge.disconnect() }
    },
  },

  'graphql-ws': {
    speaks: 'graphql-ws',
    async open({ url, types, land }) {
      const { createClient } = await import('graphql-ws')
      const ids = [...types]
      const client = createClient({ url, webSocketImpl: WebSocket, generateID: () => ids.shift() })
      const connected = new Promise((resolve) => client.on('connected', resolve))
      const ends = types.map((type) =>
        client.subscribe(
          { query: `subscription { ${type} { id } }` },
          { next: ({ data }) => land(type, data), error() {}, complete() {} },
        ),
      )
      await connected
      // The subscriptions are sent in promises that wait for the same event.
      await new Promise((resolve) => setTimeout(resolve, 5))
      return {
        end: () => {
          for (const end of ends) end()
          void client.dispose()
        },
      }
    },
  },
}

export function landText(land) {
  return ({ data: text }) => {
    const { type, data } = JSON.parse(text)
    land(type, data)
  }
}

/** VueUse asks once, when loaded, whether there is a page or a worker; without either it opens nothing. */
export async function loadUseWebSocket() {
  globalThis.WorkerGlobalScope ??= class {
    static [Symbol.hasInstance]() {
      return true
    }
  }
  const { useWebSocket } = await import('@vueuse/core')
  return useWebSocket
}

function opened(socket) {
  return new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
}
