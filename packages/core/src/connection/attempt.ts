import type { Clock } from '../env/clock.ts'
import type { Transport } from '../transport/transport.ts'

const NORMAL = 1000
const CLOSE_TIMEOUT_MS = 2_000
const NOBODY: readonly (() => void)[] = []

/**
 * One attempt to reach the server, from asking the providers to the end of its link.
 * The connection holds the current one; whatever comes from another is late and dropped.
 */
export class Attempt {
  #transport: Transport | undefined
  #current = true
  #closed = false
  #waiting = NOBODY
  #cancelWait: (() => void) | undefined
  /** What the providers gave. */
  url = ''
  token = ''

  get transport(): Transport | undefined {
    return this.#current ? this.#transport : undefined
  }

  get current(): boolean {
    return this.#current
  }

  /** Whether somebody waits for the link's end. */
  get awaited(): boolean {
    return this.#waiting.length > 0
  }

  use(transport: Transport): void {
    this.#transport = transport
    // Given up from within `open`: nobody would close it otherwise.
    if (!this.#current) transport.close()
  }

  /** Gives the attempt up. Idempotent; never throws, never waits. */
  end(): void {
    if (!this.#current) return
    this.#current = false
    this.#transport?.close(NORMAL)
  }

  /** The link reported its end, in time or late; or nobody waits for that any longer. */
  noteClosed(): void {
    const waiting = this.#waiting
    this.#closed = true
    this.#cancelWait?.()
    this.#waiting = NOBODY
    for (const callback of waiting) callback()
  }

  /** Calls back when the link has reported its end, at once if there is none; or 2 s later, since a dead link never reports it. */
  whenClosed(clock: Clock, callback: () => void): void {
    if (this.#closed || !this.#transport) return callback()
    this.#waiting = [...this.#waiting, callback]
    this.#cancelWait ??= clock.schedule(CLOSE_TIMEOUT_MS, () => this.noteClosed())
  }
}
