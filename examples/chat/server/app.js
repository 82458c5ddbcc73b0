import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { mountChat } from './chat.js'

/** @import { AddressInfo, Socket } from 'node:net' */

/** The built page and where it belongs. */
export const CHAT_PAGE = { path: '/chat/', folder: fileURLToPath(new URL('../dist', import.meta.url)) }

const GOODBYE_MS = 500

/**
 * Starts a server that has nothing but the chat: Express for the page, socket.io for the rest.
 *
 * @param {{ port?: number, host?: string, authTimeoutMs?: number }} [options] port 0: any free one
 * @returns when it listens. Rejects with the error of `listen`, such as `EADDRINUSE`
 */
export async function createChat({ port = 8082, host = '127.0.0.1', ...options } = {}) {
  const app = express().disable('x-powered-by')
  app.get('/', (_, response) => response.redirect(CHAT_PAGE.path))
  app.use(CHAT_PAGE.path, express.static(CHAT_PAGE.folder))

  const server = createServer(app)
  const chat = mountChat(server, options)
  /** Node's own `closeAllConnections` leaves upgraded connections alone. @type {Set<Socket>} */
  const streams = new Set()
  server.on('connection', (stream) => {
    streams.add(stream)
    stream.on('close', () => streams.delete(stream))
  })
  server.on('upgrade', (request, stream) => {
    if (!chat.takes(request)) stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  server.listen(port, host)
  await once(server, 'listening')

  const cutAll = () => streams.forEach((stream) => stream.resetAndDestroy())
  const stop = () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    return closed
  }
  const { port: actualPort } = /** @type {AddressInfo} */ (server.address())
  return {
    port: actualPort,
    url: `http://localhost:${actualPort}`,
    /** How many clients are connected now. */
    get sockets() {
      return chat.sockets
    },
    /** Ends with a goodbye to everybody; who does not answer it is cut after half a second. */
    async close() {
      const closed = stop()
      chat.close()
      server.closeIdleConnections()
      const cut = setTimeout(cutAll, GOODBYE_MS)
      await closed
      clearTimeout(cut)
    },
    /** Ends as a crash does: every connection is cut. */
    async kill() {
      cutAll()
      await stop()
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof createChat>>} Chat */
