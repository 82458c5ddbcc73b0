import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import Koa from 'koa'
import { WebSocket } from 'ws'
import { eventually } from '../../dashboard/test/support/eventually.ts'
import { mountScreens } from '../server/mount.js'
import { servePage } from '../../server/src/pages.js'
import { CHAT_PAGE } from '../../chat/server/app.js'
import { mountChat } from '../../chat/server/chat.js'
import { openNamedGuest } from '../../chat/test/support/chat.ts'

/** One server that has a socket of its own, the screens and the chat, as the demo server does. */
async function setup() {
  const screens = mountScreens({ verify: (token) => (token === 'good' ? 'demo' : undefined) })
  const app = new Koa()
  for (const middleware of screens.middlewares) app.use(middleware)
  for (const page of [screens.page, CHAT_PAGE]) app.use(servePage(page))

  const server = createServer(app.callback())
  const chat = mountChat(server)
  server.on('upgrade', (request, stream, head) => {
    if (chat.takes(request)) return
    if (screens.takes(request)) return screens.upgrade(request, stream, head)
    stream.end('HTTP/1.1 418 Mine\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    chat.close()
    screens.close()
    server.closeAllConnections()
    await closed
  })
  const { port } = server.address() as AddressInfo
  return { port, chat, screens }
}

describe('one server for everything', () => {
  it('S10 S13 keeps chat, screens and other sockets apart', async () => {
    const { port, chat, screens } = await setup()
    const guest = await openNamedGuest({ port }, 'Ann')
    const screen = new WebSocket(`ws://127.0.0.1:${port}/screens/ws`)
    onTestFinished(() => screen.terminate())
    const heard: string[] = []
    screen.on('message', (raw: Buffer) => heard.push(raw.toString()))
    await once(screen, 'open')
    screen.send(JSON.stringify({ type: 'auth', data: 'good' }))
    await eventually(() => heard).toEqual(['{"type":"auth","data":"auth ok"}'])
    expect(await guest.ask('join', { room: 'garden' })).toEqual({ room: 'garden', messages: [] })
    expect([chat.sockets, screens.sockets]).toEqual([1, 1])

    const other = new WebSocket(`ws://127.0.0.1:${port}/ws`)
    const [error] = (await once(other, 'error')) as [Error]
    expect(error.message).toContain('418')
    const answer = await fetch(`http://127.0.0.1:${port}/screens/api/hot`)
    expect(answer.headers.get('x-response-time')).toMatch(/ms$/)
  })
})
