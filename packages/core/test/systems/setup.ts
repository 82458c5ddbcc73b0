import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer, type RawData, type ServerOptions } from 'ws'
import { createClient, type AnyClient, type ClientOptions, type WebSocketConstructor } from '../../src/index.ts'

/** What Node 20 lacks. */
export const webSocket: WebSocketConstructor = WebSocket

/** Starts an HTTP server on a free port of this machine for one test. */
export async function listen(server: Server = createServer()): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { server, port: (server.address() as AddressInfo).port }
}

/** Starts a `ws` server for one test. */
export async function wsServer(options: ServerOptions = {}): Promise<{ sockets: WebSocketServer; url: string }> {
  const { server, port } = await listen()
  const sockets = new WebSocketServer({ server, ...options })
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
  })
  return { sockets, url: `ws://127.0.0.1:${port}` }
}

/** A frame as `ws` gives it, read as text. */
export const textOf = (frame: RawData): string => (frame as Buffer).toString()

/** A client for one test, over the real clock and network. */
export function client(options: ClientOptions): AnyClient {
  const made: AnyClient = createClient({ webSocket, flush: 'sync', ...options })
  onTestFinished(() => made.dispose())
  return made
}

/** The next `count` messages of a client. */
export function messages(from: AnyClient, count: number): Promise<{ type: string; data: unknown }[]> {
  return new Promise((resolve) => {
    const heard: { type: string; data: unknown }[] = []
    const stop = from.on('message', (message) => {
      if (heard.push(message) < count) return
      stop()
      resolve(heard)
    })
  })
}

/** Resolves when the client's state has that status; at once if it has it now. */
export function status(of: AnyClient, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    if (of.state.status === wanted) return resolve()
    const stop = of.on('state', (state) => {
      if (state.status !== wanted) return
      stop()
      resolve()
    })
  })
}
