import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * A way to a server that takes its time, and carries any number of chunks meanwhile. The fault proxy handles one chunk after the
 * other, each with a timer of its own, which is no more than a chunk a millisecond.
 */
export async function startSlowLink({ port, eachWayMs }) {
  const sockets = new Set()
  // Timers of one length end in the order in which they were begun.
  const carry = (from, to) => {
    sockets.add(from)
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), eachWayMs))
    from.on('close', () => to.destroy())
    from.on('error', () => {})
  }
  const relay = createServer({ noDelay: true }, (client) => {
    const server = connect({ port, host: '127.0.0.1', noDelay: true })
    carry(client, server)
    carry(server, client)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  return {
    url: `ws://127.0.0.1:${relay.address().port}/`,
    end() {
      relay.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
