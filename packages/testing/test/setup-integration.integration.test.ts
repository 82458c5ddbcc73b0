import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, it } from 'vitest'

const ends: (() => void)[] = []

describe('setup of integration tests', () => {
  it.fails(
    'fails a test that leaves a server',
    async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      ends.push(() => server.close())
    },
    20_000,
  )

  it('lets a test pass that closes what it opened, though what the one before left is still there', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
    await once(socket, 'close')
    server.close()
    for (const end of ends.splice(0)) end()
  })
})
