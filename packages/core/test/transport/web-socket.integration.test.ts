import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer, type WebSocket as ServerSocket } from 'ws'
import { describeTransportContract, type TransportPeer } from '@statewire/testing/contracts'
import { webSocketTransport } from '../../src/transport/web-socket.ts'

describeTransportContract('webSocketTransport on ws', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const accepted: TransportPeer[] = []
  server.on('connection', (socket) => accepted.push(peerOf(socket)))
  return {
    open: webSocketTransport(WebSocket),
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusedUrl: `ws://127.0.0.1:${await freePort()}`,
    async peer() {
      if (accepted.length === 0) await once(server, 'connection')
      return accepted.at(-1)!
    },
    async dispose() {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
})

function peerOf(socket: ServerSocket): TransportPeer {
  const received: (string | Uint8Array)[] = []
  socket.on('message', (data: Buffer, isBinary) => received.push(isBinary ? new Uint8Array(data) : data.toString()))
  socket.on('error', () => {})
  return {
    received,
    send: (frame) => socket.send(frame),
    close: (code, reason) => socket.close(code, reason),
    break: () => socket.terminate(),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
