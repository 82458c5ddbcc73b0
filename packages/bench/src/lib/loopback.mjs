import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

const SERVER = fileURLToPath(new URL('../processes/server.mjs', import.meta.url))

/** The WebSocket of all subjects: the one of `ws`, which hears each frame before and counts it. */
export class CountingSocket extends WebSocket {
  static last
  received = 0
  /** When each frame since the last `more` came, in milliseconds. */
  arrivedAt = []
  #awaited = { count: Infinity, resolve: () => {} }

  constructor(url, protocols) {
    super(url, protocols, { perMessageDeflate: false })
    CountingSocket.last = this
    this.on('message', () => {
      this.received += 1
      if (this.received === this.#awaited.count) setImmediate(this.#awaited.resolve)
      this.arrivedAt.push(performance.now())
    })
  }

  /** Resolves in the task after the one that brought so many more frames. */
  more(count) {
    this.arrivedAt.length = 0
    return new Promise((resolve) => {
      this.#awaited = { count: this.received + count, resolve }
    })
  }
}

/** A server in a process of its own, on a free port of 127.0.0.1, for as long as it is wanted. */
export async function startServer() {
  const child = fork(SERVER, { execArgv: [] })
  const said = []
  const waiting = new Set()
  child.on('message', (message) => {
    said.push(message)
    for (const look of waiting) look()
  })
  const hear = (key) =>
    new Promise((resolve) => {
      const look = () => {
        const index = said.findIndex((message) => key in message)
        if (index < 0) return
        waiting.delete(look)
        resolve(said.splice(index, 1)[0][key])
      }
      waiting.add(look)
      look()
    })
  child.send({ listen: 0 })
  const port = await hear('port')
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    said,
    hear,
    tell: (order) => child.send(order),
    end: () => child.kill('SIGKILL'),
  }
}
