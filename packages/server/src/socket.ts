import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import type { Hub, HubSocket, User } from './hub/types.ts'

/** Connects a WebSocket with the hub. */
export function attachSocket<U extends User>(hub: Hub<U>, socket: WebSocket, request: IncomingMessage): void {
  // Whatever it is (a frame that is too large, invalid UTF-8, a reset), a close follows.
  socket.on('error', () => {})
  const link = hub.accept(hubSocket(socket), { request })
  socket.on('message', (data, isBinary) => link.frame(isBinary ? undefined : textOf(data)))
  socket.on('pong', () => link.alive())
  socket.on('close', () => link.closed())
}

function hubSocket(socket: WebSocket): HubSocket {
  return {
    // Errors of a link that is going down are told by its close.
    send: (text) => socket.send(text, ignore),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    ping: () => socket.ping(ignore),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    get bufferedBytes() {
      return socket.bufferedAmount
    },
  }
}

function ignore(): void {}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : data.toString()
}
