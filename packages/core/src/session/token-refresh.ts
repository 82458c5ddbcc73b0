import type { Clock } from '../env/clock.ts'
import type { SessionDeps } from './deps.ts'

const REFRESH_SHARE = 0.8
const SPREAD_SHARE = 0.1

export interface TokenRefreshDeps extends Pick<SessionDeps, 'random' | 'token'> {
  readonly clock: Clock
  readonly send: (token: string) => void
  readonly failed: (cause: unknown) => void
}

/** Replaces a token before it expires, on the open link. */
export class TokenRefresh {
  readonly #deps: TokenRefreshDeps
  #cancel: (() => void) | undefined
  #asking: AbortController | undefined

  constructor(deps: TokenRefreshDeps) {
    this.#deps = deps
  }

  /** The token is good for this long; undefined: for ever. */
  schedule(ttlMs: number | undefined): void {
    this.stop()
    if (ttlMs === undefined) return
    const { clock, random } = this.#deps
    // A part at random, so that those who came together do not ask together.
    this.#cancel = clock.schedule(ttlMs * (REFRESH_SHARE - random() * SPREAD_SHARE), () => this.now())
  }

  /** Asks for a fresh token and sends it. One that comes after the link's end is not sent. */
  now(): void {
    const { token, send, failed } = this.#deps
    if (!token || this.#asking) return
    const asking = new AbortController()
    this.#asking = asking
    const ask = async (): Promise<string> => token({ refused: true, signal: asking.signal })
    ask().then(
      (fresh) => {
        if (asking.signal.aborted) return
        this.#asking = undefined
        if (typeof fresh === 'string' && fresh !== '') send(fresh)
        else failed(new TypeError('auth.token gave no token.'))
      },
      (cause: unknown) => {
        if (asking.signal.aborted) return
        this.#asking = undefined
        failed(cause)
      },
    )
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#asking?.abort()
    this.#asking = undefined
  }
}
