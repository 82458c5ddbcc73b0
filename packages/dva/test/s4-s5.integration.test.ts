import type { AddressInfo } from 'node:net'
import {
  append,
  createClient,
  jsonCodec,
  type AnyClient,
  type StatewireError,
  type WebSocketConstructor,
} from '@statewire/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createStreamModel, effect } from '../src/index.ts'
import { bareCore, type Action, type App } from './hosts.ts'

type MonitorCPU = readonly (readonly [year: string, value: number])[]

interface Ladle {
  readonly dd: readonly { readonly year: string; readonly value: number }[]
  readonly dindex: number
}

const NAMESPACE = 'MoltenIronLadle'
const HELLO = '12321'
const initial: Ladle = { dd: [], dindex: 0 }

/** The monitor: it says nothing before it was greeted; then it tells of the CPU among other things, in frames told apart by a key. */
async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws/monitor' })
  await new Promise((resolve) => server.once('listening', resolve))
  const greeted = new Set<WebSocket>()
  const received: string[] = []
  server.on('connection', (socket) => {
    socket.on('message', (raw) => {
      const text = String(raw as Buffer)
      received.push(text)
      if (text === HELLO) greeted.add(socket)
    })
    socket.on('close', () => greeted.delete(socket))
  })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const sendRaw = (frame: string): void => greeted.forEach((socket) => socket.send(frame))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/monitor`,
    received,
    greeted,
    sendRaw,
    send: (message: object) => sendRaw(JSON.stringify(message)),
    cut: () => server.clients.forEach((socket) => socket.terminate()),
  }
}

function createMonitorClient(url: string): { client: AnyClient; problems: StatewireError[] } {
  const client: AnyClient = createClient({
    url,
    webSocket: WebSocket as unknown as WebSocketConstructor,
    onOpen: [HELLO],
    codec: jsonCodec({
      type: (message) => Object.keys(message)[0],
      data: (message) => Object.values(message)[0] as unknown,
    }),
    heartbeat: false,
    reconnect: { delayMs: 20 },
    flush: 'microtask',
  })
  const problems: StatewireError[] = []
  client.on('problem', (problem) => problems.push(problem))
  onTestFinished(() => client.dispose())
  return { client, problems }
}

/** By the reducer: one action a flush. */
const byReducer = (client: AnyClient) =>
  createStreamModel(client, {
    namespace: NAMESPACE,
    state: initial,
    wire: {
      monitorCPU: append('dd', {
        limit: 300,
        map: ([first]: MonitorCPU) => ({ year: first![0], value: first![1] }),
        count: 'dindex',
      }),
    },
    connect: true,
    ssr: false,
  })

interface Commands {
  select: (selector: (state: Record<string, Ladle>) => Ladle) => unknown
  put: (action: object) => unknown
}

/** By the application's own effect and reducer, as it has them; but the state is copied, not changed. */
const byEffect = (client: AnyClient) =>
  createStreamModel(client, {
    namespace: NAMESPACE,
    state: initial,
    wire: { monitorCPU: effect('fetch', { payload: (monitorCPU: MonitorCPU) => ({ listData: { monitorCPU } }) }) },
    connect: true,
    ssr: false,
    effects: {
      *fetch({ payload: { listData } }: Action, { select, put }: Commands): Generator<unknown, void, Ladle> {
        const { dd, dindex } = yield select((state) => state[NAMESPACE]!)
        const [[year, value]] = (listData as { monitorCPU: [[string, number]] }).monitorCPU
        yield put({ type: 'save', payload: { dd: [...dd, { year, value }].slice(-300), dindex: dindex + 1 } })
      },
    },
    reducers: { save: (state, { payload }) => ({ ...state, ...(payload as Partial<Ladle>) }) },
  })

function start(model: object): { app: App; state: () => Ladle } {
  const app = bareCore.create({})
  app.model(model)
  app.start()
  return { app, state: () => app._store.getState()[NAMESPACE] as Ladle }
}

/** Both applications on one server, greeted. */
async function setup() {
  const server = await serve()
  const reducer = { ...createMonitorClient(server.url) }
  const effects = { ...createMonitorClient(server.url) }
  const apps = [
    { ...reducer, ...start(byReducer(reducer.client)) },
    { ...effects, ...start(byEffect(effects.client)) },
  ] as const
  await vi.waitFor(() => expect(server.greeted.size).toBe(2), { timeout: 10_000 })
  return { server, apps }
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 10 })

describe('S4 a dva model that plots the CPU of a machine', () => {
  it('S4 holds the same last 300 points and the same dindex by the reducer and by the effect', async () => {
    const { server, apps } = await setup()
    for (let n = 1; n <= 350; n++) {
      server.send({ monitorCPU: [[`10:00:${n}`, n]] })
      if (n % 7 === 0) server.send({ monitorMemory: [[`10:00:${n}`, n]] })
    }
    const expected = {
      dd: Array.from({ length: 300 }, (_, n) => ({ year: `10:00:${n + 51}`, value: n + 51 })),
      dindex: 350,
    }
    for (const { state } of apps) await eventually(() => expect(state()).toEqual(expected))
    expect(apps.flatMap(({ problems }) => problems)).toEqual([])
    expect(initial).toEqual({ dd: [], dindex: 0 })
  })

  it('S4 goes on with its points after the connection was cut, greets again, and closes its socket with its model', async () => {
    const { server, apps } = await setup()
    server.send({ monitorCPU: [['a', 1]] })
    for (const { state } of apps) await eventually(() => expect(state().dindex).toBe(1))
    server.cut()
    await eventually(() => expect(server.received).toEqual([HELLO, HELLO, HELLO, HELLO]))
    await eventually(() => expect(server.greeted.size).toBe(2))
    server.send({ monitorCPU: [['b', 2]] })
    for (const { state } of apps) {
      await eventually(() =>
        expect(state()).toEqual({
          dd: [
            { year: 'a', value: 1 },
            { year: 'b', value: 2 },
          ],
          dindex: 2,
        }),
      )
    }
    for (const { app } of apps) app.unmodel(NAMESPACE)
    await eventually(() => expect(server.greeted.size).toBe(0))
  })
})

describe('S5 websocketPromise', () => {
  it('S5 sends the first frame once open, and takes only what carries monitorCPU', async () => {
    const { server, apps } = await setup()
    expect(server.received).toEqual([HELLO, HELLO])
    server.send({ monitorMemory: [['a', 1]] })
    server.send({ monitorCPU: [['a', 1]] })
    for (const { state } of apps)
      await eventually(() => expect(state()).toEqual({ dd: [{ year: 'a', value: 1 }], dindex: 1 }))
    expect(apps.flatMap(({ problems }) => problems)).toEqual([])
  })

  it('S5 never runs what a frame says: code that names monitorCPU is a bad frame', async () => {
    const { server, apps } = await setup()
    server.sendRaw('globalThis.monitorCPU = "ran", {monitorCPU: [["a", 1]]}')
    server.send({ monitorCPU: [['b', 2]] })
    for (const { state, problems } of apps) {
      await eventually(() => expect(state()).toEqual({ dd: [{ year: 'b', value: 2 }], dindex: 1 }))
      expect(problems.map(({ code }) => code)).toEqual(['BAD_FRAME'])
    }
    expect(globalThis).not.toHaveProperty('monitorCPU')
  })
})
