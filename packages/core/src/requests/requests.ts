import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import { rejected, settling } from '../lib/promises.ts'
import type { SendOptions } from '../outbox/outbox.ts'
import type { Envelope } from '../protocol/envelope.ts'

/** A request as the application's functions see it. */
export interface SentRequest {
  readonly type: string
  readonly params: unknown
  /** Unique within this client: 1, 2, 3, … */
  readonly id: number
}

/** How the application's protocol pairs replies with requests. */
export interface ResolvedRequests {
  /** Makes the message that asks. */
  readonly write: (request: SentRequest) => Envelope
  /** Tells whether a message is the reply to a request; undefined where requests have no reply. */
  readonly match: ((request: SentRequest, message: Envelope) => boolean) | undefined
  /** Takes the result out of a reply. */
  readonly read: (message: Envelope) => unknown
  readonly timeoutMs: number
}

export interface RequestsDeps {
  readonly requests: ResolvedRequests
  readonly clock: Clock
  /** Sends the message, or holds it. */
  readonly send: (message: Envelope, options: SendOptions) => Promise<void>
  readonly report: (error: StatewireError) => void
}

export interface AskOptions {
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Pending {
  readonly request: SentRequest
  sent: boolean
  readonly resolve: (result: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** Requests that wait for their replies. */
export class Requests {
  readonly #deps: RequestsDeps
  readonly #pending = new Set<Pending>()
  #lastId = 0

  constructor(deps: RequestsDeps) {
    this.#deps = deps
  }

  /**
   * Asks, and waits for the reply.
   *
   * @throws {StatewireError} (as rejection) `TIMEOUT`, `LOST`, `UNSUPPORTED`, and what `send` rejects with; or the signal's reason.
   */
  ask(type: string, params: unknown, { timeoutMs, signal }: AskOptions): Promise<unknown> {
    const { requests, clock, send } = this.#deps
    if (!requests.match) {
      const instead = 'Say which message answers a request: option requests: { match: (request, message) => … }.'
      return rejected(new StatewireError('UNSUPPORTED', { what: 'request()', instead }))
    }
    if (signal?.aborted) return rejected(signal.reason)
    const waitMs = timeoutMs ?? requests.timeoutMs
    const taken = new AbortController()
    const { promise, resolve, reject } = settling<unknown>(signal, (reason) => pending.reject(reason))
    const settle = (): boolean => {
      cancel()
      return this.#pending.delete(pending)
    }
    const pending: Pending = {
      request: { type, params, id: ++this.#lastId },
      sent: false,
      resolve: (result) => settle() && resolve(result),
      reject: (reason) => {
        if (!settle()) return
        taken.abort(reason)
        reject(reason)
      },
    }
    const cancel = clock.schedule(waitMs, () =>
      pending.reject(new StatewireError('TIMEOUT', { messageType: type, timeoutMs: waitMs })),
    )
    this.#pending.add(pending)
    try {
      const onSent = (): void => void (pending.sent = true)
      send(requests.write(pending.request), { signal: taken.signal, onSent }).catch(pending.reject)
    } catch (cause) {
      pending.reject(new StatewireError('CALLBACK', { where: 'requests.write' }, { cause }))
    }
    return promise
  }

  /** True while replies are waited for. */
  get waiting(): boolean {
    return this.#pending.size > 0
  }

  /** Takes a message in. Returns whether it was a reply; then it is nobody else's. */
  answer(message: Envelope): boolean {
    if (this.#pending.size === 0) return false
    const { requests, report } = this.#deps
    try {
      for (const pending of this.#pending) {
        if (!pending.sent || !requests.match?.(pending.request, message)) continue
        this.#take(pending, message)
        return true
      }
    } catch (cause) {
      report(new StatewireError('CALLBACK', { where: 'requests.match' }, { cause }))
    }
    return false
  }

  #take({ resolve, reject }: Pending, message: Envelope): void {
    try {
      resolve(this.#deps.requests.read(message))
    } catch (cause) {
      reject(new StatewireError('CALLBACK', { where: 'requests.read' }, { cause }))
    }
  }

  /** The link is gone, and with it the replies to what was sent over it. What was not sent yet goes on waiting. */
  lost(): void {
    for (const { sent, request, reject } of [...this.#pending]) {
      if (sent) reject(new StatewireError('LOST', { messageType: request.type }))
    }
  }

  discard(reason: string): void {
    for (const { reject } of [...this.#pending]) reject(new StatewireError('CLOSED', { reason }))
  }
}
