import type { Unsubscribe } from '../lib/emitter.ts'
import type { Transport } from '../transport/transport.ts'

const NORMAL = 1000

/**
 * One attempt to reach the server, from asking the providers to the end of its link.
 * The connection holds the current one; whatever comes from another is late and dropped, here and nowhere else.
 */
export class Attempt {
  #transport: Transport | undefined
  #current = true
  #whenClosed: readonly (() => void)[] = []
  #whenEnded: readonly (() => void)[] = []
  #closed = false
  /** What the providers gave. */
  url = ''
  token = ''

  /** Makes a signal that is aborted when the attempt is given up. */
  signal(): AbortSignal {
    const abort = new AbortController()
    this.whenEnded(() => abort.abort())
    return abort.signal
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
    const callbacks = this.#whenClosed
    this.#whenClosed = []
    for (const callback of callbacks) callback()
  }

  /** Gives the attempt up. Idempotent; never throws, never waits. */
  end(): void {
    if (!this.#current) return
    this.#current = false
    for (const callback of this.#whenEnded) callback()
    this.#transport?.close(NORMAL)
  }

  /** Calls back when the attempt is given up, at once if it is; not any more once what is returned is called. */
  whenEnded(callback: () => void): Unsubscribe {
    if (this.#current) this.#whenEnded = [...this.#whenEnded, callback]
    else callback()
    return () => {
      this.#whenEnded = this.#whenEnded.filter((other) => other !== callback)
    }
  }

  /** Calls back when the link has reported its end; at once if there is none. */
  whenClosed(callback: () => void): void {
    if (this.#closed || !this.#transport) callback()
    else this.#whenClosed = [...this.#whenClosed, callback]
  }
}
