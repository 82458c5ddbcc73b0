import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createClient, type AnyClient, type ConnectionStatus, type WebSocketConstructor } from '@statewire/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { commit, vuexStatewire, type VuexStore } from '../src/index.ts'

// The versions such an application has: Vue 2.7 and Vuex 3.
const legacy = createRequire(new URL('../../../examples/vuex-legacy/package.json', import.meta.url))
const Vue = legacy('vue') as { use(plugin: unknown): void }
const Vuex = legacy('vuex') as { Store: new (options: object) => VuexStore }
Vue.use(Vuex)

const CREATE_WEBSOCKET = 'CREATE_WEBSOCKET'
const SET_MESSAGE = 'SET_MESSAGE'

interface Server {
  readonly url: string
  /** What arrived, decoded. */
  readonly received: unknown[]
  readonly sockets: ReadonlySet<WebSocket>
  say(type: string, data?: unknown): void
  close(): void
}

/** A server as such applications have it: a token first, then `heartCheck`, and messages of any other type. */
async function serve(tokens: ReadonlySet<string>): Promise<Server> {
  const http = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))
  const sockets = new WebSocketServer({ server: http })
  const received: unknown[] = []
  const accepted = new Set<WebSocket>()
  sockets.on('connection', (socket) => {
    socket.on('message', (raw) => {
      const message = JSON.parse(String(raw as Buffer)) as { type: string; data?: string }
      received.push(message)
      if (message.type !== 'auth') return
      const good = tokens.has(message.data ?? '')
      if (good) accepted.add(socket)
      socket.send(JSON.stringify(good ? { type: 'auth', data: 'auth ok' } : { type: 'noAuth' }))
    })
    socket.on('close', () => accepted.delete(socket))
  })
  const close = (): void => {
    for (const socket of sockets.clients) socket.terminate()
    http.close()
  }
  onTestFinished(close)
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    received,
    sockets: sockets.clients,
    say: (type, data) => accepted.forEach((socket) => socket.send(JSON.stringify({ type, data }))),
    close,
  }
}

/** The application: its login, its token in storage, its action and mutations. */
function createApplication(url: string, storage: Map<string, string>): { store: VuexStore; client: AnyClient } {
  const client: AnyClient = createClient({
    url,
    webSocket: WebSocket as unknown as WebSocketConstructor,
    auth: { token: () => storage.get('token') ?? '' },
    // The original fixes 30 s and gives the server one more; a test has less time.
    heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: 200, timeoutMs: 200 },
    reconnect: { delayMs: 100 },
    flush: 'microtask',
  })
  onTestFinished(() => client.dispose())
  const store = new Vuex.Store({
    strict: true,
    state: { user: { hasPermission: true }, message: null, heard: [] },
    mutations: {
      [SET_MESSAGE](state: { message: unknown; heard: unknown[] }, message: unknown) {
        state.message = message
        state.heard.push(message)
      },
    },
    actions: {
      [CREATE_WEBSOCKET]: (context: VuexStore) => context.dispatch('connection/connect'),
    },
    plugins: [vuexStatewire(client, { wire: { '*': commit(SET_MESSAGE) } })],
  })
  return { store, client }
}

const createWebsocket = (store: VuexStore, next: () => void): void => {
  if (store.state.user.hasPermission && store.state.connection.status === 'idle') void store.dispatch(CREATE_WEBSOCKET)
  next()
}

const becomes = (store: VuexStore, status: ConnectionStatus): Promise<void> =>
  vi.waitFor(() => expect(store.state.connection.status).toBe(status), { timeout: 5_000, interval: 10 })

describe('S12: an application with the socket in Vuex', () => {
  it('S12 connects by a guard, sends the stored token first, and commits SET_MESSAGE for every other type', async () => {
    const server = await serve(new Set(['stored']))
    const { store } = createApplication(server.url, new Map([['token', 'stored']]))
    let passed = 0
    for (let navigation = 0; navigation < 3; navigation++) createWebsocket(store, () => passed++)
    await becomes(store, 'open')
    expect([passed, server.sockets.size, server.received]).toEqual([3, 1, [{ type: 'auth', data: 'stored' }]])

    server.say('ticker', { price: 1 })
    server.say('heartCheck')
    server.say('notice', 'hello')
    server.say('chat', 'auth ok')
    await vi.waitFor(() => expect(store.state.heard).toEqual([{ price: 1 }, 'hello', 'auth ok']))
    expect(store.state.message).toBe('auth ok')
    await vi.waitFor(() => expect(server.received.slice(1)).toEqual([{ type: 'heartCheck' }]))
    expect(JSON.stringify(store.state)).not.toContain('stored')
  })

  it('S12 replaces a link that has gone silent, and signs in on the new one', async () => {
    const server = await serve(new Set(['stored']))
    const { store } = createApplication(server.url, new Map([['token', 'stored']]))
    createWebsocket(store, () => {})
    await becomes(store, 'open')
    server.say('heartCheck')
    await becomes(store, 'waiting')
    expect(store.state.connection.reason).toBe('heartbeat')
    await becomes(store, 'open')
    expect(server.received.filter((message) => (message as { type: string }).type === 'auth')).toHaveLength(2)
  })

  it('S12 comes back after a lost connection and keeps what it has', async () => {
    const server = await serve(new Set(['stored']))
    const { store } = createApplication(server.url, new Map([['token', 'stored']]))
    createWebsocket(store, () => {})
    await becomes(store, 'open')
    server.say('notice', 1)
    await vi.waitFor(() => expect(store.state.message).toBe(1))
    for (const socket of server.sockets) socket.terminate()
    await becomes(store, 'waiting')
    expect(store.state.message).toBe(1)
    await becomes(store, 'open')
    server.say('notice', 2)
    await vi.waitFor(() => expect(store.state.heard).toEqual([1, 2]))
  })

  it('S12 shows that it is not allowed (noAuth), and stops asking', async () => {
    const server = await serve(new Set(['another']))
    const { store } = createApplication(server.url, new Map([['token', 'stored']]))
    createWebsocket(store, () => {})
    await becomes(store, 'failed')
    expect(store.state.connection.reason).toBe('auth')
    expect(store.state.heard).toEqual([])
  })
})
