import type { WebSocket } from 'ws'
import { Failure } from './check.ts'

/** A text frame of the server: as it came, and as JSON. */
export interface Received {
  readonly text: string
  /** Undefined when it is no JSON object. */
  readonly message: Readonly<Record<string, unknown>> | undefined
}

interface Waiter {
  readonly look: () => boolean
  readonly closed: () => void
}

const LONGEST_SHOWN = 200

/** A raw connection: what was received waits until it is asked for, and nothing is answered but pings of the protocol. */
export class WireLink {
  readonly #socket: WebSocket
  readonly #deadline: number
  readonly #waiters = new Set<Waiter>()
  #inbox: Received[] = []
  #closedWith: number | undefined

  /** @param deadline Of all waits, on `performance.now()`. */
  constructor(socket: WebSocket, deadline: number) {
    this.#socket = socket
    this.#deadline = deadline
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.#inbox.push(read(data.toString()))
      for (const { look } of [...this.#waiters]) look()
    })
    socket.on('close', (code) => {
      this.#closedWith = code
      for (const { closed } of [...this.#waiters]) closed()
    })
    // A close follows.
    socket.on('error', () => {})
  }

  /** Code of the close; undefined while open. */
  get closedWith(): number | undefined {
    return this.#closedWith
  }

  /** Sends text and bytes as they are, anything else as JSON. */
  send(...messages: readonly unknown[]): void {
    for (const message of messages) {
      const raw = typeof message === 'string' || Buffer.isBuffer(message)
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(raw ? message : JSON.stringify(message))
    }
  }

  /** Returns the first frame that matches, whether it has come or is to come, and takes it out. */
  next(what: string, match: (received: Received) => boolean): Promise<Received> {
    return this.#wait(what, () => {
      const at = this.#inbox.findIndex(match)
      return at === -1 ? undefined : this.#inbox.splice(at, 1)[0]
    })
  }

  /** Resolves after a while with what has come and was not taken out. */
  async quiet(ms: number): Promise<readonly Received[]> {
    await new Promise((resolve) => void setTimeout(resolve, ms))
    return [...this.#inbox]
  }

  /** Resolves with the code once the server closes. */
  async closed(): Promise<number> {
    if (this.#closedWith !== undefined) return this.#closedWith
    await this.#wait('close', () => undefined).catch((error: unknown) => {
      if (this.#closedWith === undefined) throw error
    })
    return this.#closedWith ?? 1006
  }

  /** Resolves when the server answers a ping of the WebSocket protocol: what was sent before has arrived. */
  async pinged(): Promise<void> {
    let answered = false
    const pong = (): void => {
      answered = true
      for (const { look } of [...this.#waiters]) look()
    }
    this.#socket.once('pong', pong)
    if (this.#closedWith === undefined) this.#socket.ping()
    await this.#wait('pong of the WebSocket protocol', () => (answered ? true : undefined))
  }

  /** Closes as a client does. */
  close(code = 1000): void {
    this.#socket.close(code)
  }

  /** The network goes away. */
  drop(): void {
    this.#socket.terminate()
  }

  #wait<Value>(what: string, take: () => Value | undefined): Promise<Value> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        end()
        reject(new Failure(`no ${what} ${why}${this.#shown()}`))
      }
      const look = (): boolean => {
        const value = take()
        if (value === undefined) return false
        end()
        resolve(value)
        return true
      }
      const waiter: Waiter = { look, closed: () => fail(`before the server closed with ${this.#closedWith}`) }
      const leftMs = Math.max(0, this.#deadline - performance.now())
      const timer = setTimeout(() => fail('in time'), leftMs)
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      this.#waiters.add(waiter)
      if (!look() && this.#closedWith !== undefined) waiter.closed()
    })
  }

  #shown(): string {
    const last = this.#inbox.at(-1)
    return last ? `; the last other frame was ${shorten(last.text)}` : ''
  }
}

/** For reports. */
export function shorten(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

function read(text: string): Received {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return { text, message: isObject ? (value as Record<string, unknown>) : undefined }
  } catch {
    return { text, message: undefined }
  }
}
