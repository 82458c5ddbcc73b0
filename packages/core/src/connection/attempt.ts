import type { Transport } from '../transport/transport.ts'

const NORMAL = 1000

/**
 * One attempt to reach the server, from asking the providers to the end of its link.
 * The connection holds the current one; whatever comes from another is late and dropped, here and nowhere else.
 */
export class Attempt {
  readonly #abort = new AbortController()
  #transport: Transport | undefined
  #current = true
  #whenClosed: (() => void)[] = []
  #closed = false
  /** What the providers gave. */
  url = ''
  token = ''

  /** Aborted when the attempt is given up. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get transport(): Transport | undefined {
    return this.#current ? this.#transport : undefined
  }

  get current(): boolean {
    return this.#current
  }

  /** Wraps a callback so that it does nothing once the attempt is given up. */
  ifCurrent<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (this.#current) callback(...args)
    }
  }

  use(transport: Transport): void {
    this.#transport = transport
    // Given up from within `open`: nobody would close it otherwise.
    if (!this.#current) transport.close()
  }

  /** The link reported its end, in time or late. */
  noteClosed(): void {
    this.#closed = true
    for (const callback of this.#whenClosed.splice(0)) callback()
  }

  /** Gives the attempt up. Idempotent; never throws, never waits. */
  end(): void {
    if (!this.#current) return
    this.#current = false
    this.#abort.abort()
    this.#transport?.close(NORMAL)
  }

  /** Calls back when the link has reported its end; at once if there is none. */
  whenClosed(callback: () => void): void {
    if (this.#closed || !this.#transport) callback()
    else this.#whenClosed.push(callback)
  }
}
