import { Arrival } from './frames.mjs'

/** A WebSocket without a network: opens by itself, takes what is sent, and delivers what it is told to. */
export class StubSocket {
  static CONNECTING = 0
  static OPEN = 1
  static CLOSING = 2
  static CLOSED = 3
  /** The one made last. */
  static last
  /** What the server of the sockets made next says, see `speech`. */
  static speech = { answer: () => [] }

  CONNECTING = 0
  OPEN = 1
  CLOSING = 2
  CLOSED = 3
  readyState = 0
  bufferedAmount = 0
  binaryType = 'blob'
  protocol = ''
  extensions = ''
  url
  onopen = null
  onmessage = null
  onclose = null
  onerror = null
  #listeners = { open: [], message: [], close: [], error: [] }
  #speech = StubSocket.speech

  constructor(url, protocols) {
    this.url = String(url)
    this.protocol = [protocols ?? ''].flat()[0]
    StubSocket.last = this
    queueMicrotask(() => this.#open())
  }

  addEventListener(type, listener) {
    this.#listeners[type].push(listener)
  }

  removeEventListener(type, listener) {
    this.#listeners[type] = this.#listeners[type].filter((other) => other !== listener)
  }

  send(text) {
    for (const answer of this.#speech.answer(text)) this.#reply(answer)
  }

  close(code = 1000, reason = '') {
    if (this.readyState === 3) return
    this.readyState = 3
    queueMicrotask(() => this.#tell('close', { type: 'close', code, reason, wasClean: true }))
  }

  /** The server goes away without a word. */
  drop() {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#tell('close', { type: 'close', code: 1006, reason: '', wasClean: false })
  }

  /** @param {Arrival} arrival */
  deliver(arrival) {
    this.#tell('message', arrival)
  }

  #open() {
    if (this.readyState !== 0) return
    this.readyState = 1
    this.#tell('open', { type: 'open', target: this })
    if (this.#speech.greeting) this.#reply(this.#speech.greeting)
  }

  #reply(text) {
    queueMicrotask(() => this.deliver(new Arrival('message', { data: text })))
  }

  #tell(type, event) {
    this[`on${type}`]?.(event)
    for (const listener of this.#listeners[type]) {
      if (typeof listener === 'function') listener.call(this, event)
      else listener.handleEvent(event)
    }
  }
}
