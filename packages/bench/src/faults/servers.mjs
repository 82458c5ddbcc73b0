import { createServer as createStatewire } from '@statewire/server'
import { buildSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { Server as SocketIo } from 'socket.io'
import { WebSocketServer } from 'ws'

/**
 * What each peer's server needs to do, on an HTTP server that is given: accept, say so, take messages, publish.
 *
 * @typedef {object} Events
 * @property {(socket: import('node:net').Socket) => void} ready the application's handshake is done on this link
 * @property {(data: unknown) => void} heard a message came to the application
 * @typedef {{ publish: (data: unknown) => void, end?: () => unknown }} Running
 * @type {Record<string, (http: import('node:http').Server, events: Events) => Running>}
 */
export const servers = {
  /** `{type, data}`, with auth and answered pings. */
  plain(http, { ready, heard }) {
    return onSockets(http, (socket, tcp) => {
      socket.on('message', (text) => {
        const { type, data } = JSON.parse(text)
        if (type === 'auth') {
          socket.send('{"type":"auth ok"}')
          ready(tcp)
        } else if (type === 'heartCheck') socket.send('{"type":"heartCheck"}')
        else heard(data)
      })
    })
  },

  /** Whatever comes is a message; nothing is said but what is published. */
  raw(http, { ready, heard }) {
    return onSockets(http, (socket, tcp) => {
      socket.on('message', (text) => heard(JSON.parse(text).data))
      ready(tcp)
    })
  },

  sw(http, { ready, heard }) {
    const server = createStatewire({
      server: http,
      authenticate(_token, { request }) {
        setImmediate(ready, request.socket)
        return { id: 'ann' }
      },
      messages: { msg: heard },
    })
    return { publish: (data) => void server.publish('topic', 'msg', data), end: () => server.close() }
  },

  'socket.io'(http, { ready, heard }) {
    // Recovery is off by default; P10c is about it.
    const io = new SocketIo(http, { connectionStateRecovery: {} })
    io.on('connection', (socket) => {
      socket.on('msg', (data, acknowledge) => {
        heard(data)
        acknowledge?.()
      })
      ready(socket.conn.request.socket)
    })
    return { publish: (data) => void io.emit('msg', data), end: () => io.close() }
  },

  /** The JSON protocol: connect, subscribe with recovery, publish, rpc, pings. */
  centrifuge(http, { ready, heard }) {
    const log = []
    return onSockets(
      http,
      (socket, tcp) => {
        const say = (message) => socket.send(JSON.stringify(message))
        const pings = setInterval(() => say({}), 25_000)
        socket.on('close', () => clearInterval(pings))
        socket.on('message', (text) => {
          for (const line of String(text).split('\n')) {
            const { id, connect, subscribe, publish, rpc } = JSON.parse(line)
            if (connect) say({ id, connect: { client: 'c', version: '6.0.0', ping: 25, pong: true } })
            if (connect) ready(tcp)
            if (subscribe) say({ id, subscribe: recovered(subscribe, log) })
            if (publish ?? rpc) heard((publish ?? rpc).data)
            if (publish) say({ id, publish: {} })
            if (rpc) say({ id, rpc: { data: {} } })
          }
        })
      },
      (data) => {
        const pub = { data, offset: log.length + 1 }
        log.push(pub)
        return JSON.stringify({ push: { channel: 'topic', pub } })
      },
    )
  },

  'graphql-ws'(http, { ready, heard }) {
    const waiting = new Set()
    async function* follow() {
      const queue = []
      let wake = () => {}
      const push = (data) => {
        queue.push(data)
        wake()
      }
      waiting.add(push)
      try {
        for (;;) {
          while (queue.length > 0) yield { msg: JSON.stringify(queue.shift()) }
          await new Promise((resolve) => (wake = resolve))
        }
      } finally {
        waiting.delete(push)
      }
    }
    const schema = buildSchema(`
      type Query { none: String }
      type Mutation { msg(data: String!): Boolean }
      type Subscription { msg: String }
    `)
    const roots = { subscription: { msg: follow }, mutation: { msg: ({ data }) => (heard(JSON.parse(data)), true) } }
    const server = new WebSocketServer({ server: http, perMessageDeflate: false })
    useServer({ schema, roots, onConnect: ({ extra }) => void setImmediate(ready, extra.request.socket) }, server)
    return {
      publish(data) {
        for (const push of waiting) push(data)
      },
    }
  },

  /** Completes the WebSocket handshake and says nothing. */
  silent(http) {
    return onSockets(http, () => {})
  },
}

function onSockets(http, greet, frame = (data) => JSON.stringify({ type: 'msg', data })) {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  server.on('connection', (socket, request) => {
    socket.on('error', () => {})
    greet(socket, request.socket)
  })
  return {
    publish(data) {
      const text = frame(data)
      for (const socket of server.clients) socket.send(text)
    },
  }
}

function recovered({ recover, offset = 0 }, log) {
  const place = { recoverable: true, epoch: 'e', positioned: true, offset: log.length }
  return recover ? { ...place, recovered: true, was_recovering: true, publications: log.slice(offset) } : place
}
