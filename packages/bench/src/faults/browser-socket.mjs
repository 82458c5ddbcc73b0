import { WebSocket } from 'ws'

/**
 * The WebSocket of `ws`, with listeners as in a browser: what one throws is reported as an uncaught error, and the socket goes on.
 * All peers are made for browsers, and are run on this one.
 */
export class BrowserSocket extends WebSocket {
  #wrapped = new Map()

  constructor(url, protocols) {
    super(url, protocols, { perMessageDeflate: false })
  }

  addEventListener(type, listener, options) {
    const boxed = this.#wrapped.get(listener) ?? box(listener)
    this.#wrapped.set(listener, boxed)
    super.addEventListener(type, boxed, options)
  }

  removeEventListener(type, listener) {
    super.removeEventListener(type, this.#wrapped.get(listener) ?? listener)
  }
}

function box(listener) {
  return (event) => {
    try {
      if (typeof listener === 'function') listener(event)
      else listener.handleEvent(event)
    } catch (error) {
      setImmediate(() => {
        throw error
      })
    }
  }
}
