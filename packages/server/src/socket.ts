import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Hub, HubSocket, User } from './hub/types.ts'

/** Connects a WebSocket with the hub. */
export function attachSocket<U extends User>(hub: Hub<U>, socket: WebSocket, request: IncomingMessage): void {
  // Whatever it is (a frame that is too large, invalid UTF-8, a reset), a close follows.
  socket.on('error', () => {})
  const link = hub.accept(hubSocket(socket), { request })
  // Buffers, since nobody set another binaryType.
  socket.on('message', (data, isBinary) => link.frame(isBinary ? undefined : (data as Buffer).toString()))
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
