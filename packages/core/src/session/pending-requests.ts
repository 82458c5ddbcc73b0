import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import type { Posting } from './port.ts'

interface Pending {
  readonly messageType: string
  /** A server may have it. */
  numbered: boolean
  /** The server has it, and has yet to reply. */
  acknowledged: boolean
  readonly settle: (outcome: { readonly result: unknown } | { readonly reason: unknown }) => void
}

export interface RequestOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Requests whose replies come over the session, on whichever link. */
export class PendingRequests {
  readonly #clock: Clock
  readonly #numbered = new Map<number, Pending>()
  readonly #all = new Set<Pending>()

  /** How many wait for their reply. */
  get size(): number {
    return this.#all.size
  }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Sends a request and waits for its reply.
   *
   * @throws {StatewireError} (as rejection) `TIMEOUT`, `LOST`, `REFUSED`, `UNSUPPORTED`, and what `post` rejects with; or the signal's reason.
   */
  ask(
    messageType: string,
    { timeoutMs, signal }: RequestOptions,
    post: (posting: Posting) => Promise<void>,
  ): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const taken = new AbortController()
    return new Promise((resolve, reject) => {
      let number: number | undefined
      const abort = (): void => pending.settle({ reason: signal?.reason as unknown })
      const pending: Pending = {
        messageType,
        numbered: false,
        acknowledged: false,
        settle: (outcome) => {
          if (!this.#all.delete(pending)) return
          forget()
          cancel()
          signal?.removeEventListener('abort', abort)
          if ('result' in outcome) return resolve(outcome.result)
          taken.abort(outcome.reason)
          reject(outcome.reason as Error)
        },
      }
      // Numbers begin again with a new client id: another request may have this one.
      const forget = (): void => {
        if (number !== undefined && this.#numbered.get(number) === pending) this.#numbered.delete(number)
      }
      const cancel = this.#clock.schedule(timeoutMs, () =>
        pending.settle({ reason: new StatewireError('TIMEOUT', { messageType, timeoutMs }) }),
      )
      signal?.addEventListener('abort', abort, { once: true })
      this.#all.add(pending)
      const onNumber = (n: number): void => {
        forget()
        number = n
        pending.numbered = true
        if (this.#all.has(pending)) this.#numbered.set(n, pending)
      }
      post({ signal: taken.signal, onNumber }).then(
        () => void (pending.acknowledged = true),
        (reason: unknown) => pending.settle({ reason }),
      )
    })
  }

  /** A reply. One that nobody waits for any more is dropped. */
  answer(
    n: number,
    outcome: { readonly result: unknown } | { readonly reason: (messageType: string) => unknown },
  ): void {
    const pending = this.#numbered.get(n)
    if (!pending) return
    pending.settle('result' in outcome ? outcome : { reason: outcome.reason(pending.messageType) })
  }

  /** The session is gone, and with it the replies to what the server had already taken. */
  lost(): void {
    for (const pending of [...this.#all]) {
      if (!pending.acknowledged) continue
      pending.settle({ reason: new StatewireError('LOST', { messageType: pending.messageType }) })
    }
  }

  /** This server does not answer requests over a session. Those that were never sent reject with `UNSUPPORTED`, the others with `LOST`. */
  unsupported(): void {
    const instead =
      'It keeps no sessions. Say which message answers a request: option requests: { match: (request, message) => … }.'
    this.#rejectAll(({ messageType, numbered }) =>
      numbered
        ? new StatewireError('LOST', { messageType })
        : new StatewireError('UNSUPPORTED', { what: 'request()', instead }),
    )
  }

  discard(reason: string): void {
    this.#rejectAll(() => new StatewireError('CLOSED', { reason }))
  }

  #rejectAll(error: (pending: Pending) => StatewireError): void {
    for (const pending of [...this.#all]) pending.settle({ reason: error(pending) })
  }
}
