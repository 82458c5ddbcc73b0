import type { IncomingMessage } from 'node:http'
import { SESSION_VERSION, type Announcement } from '@statewire/core/protocol'
import type { HubCore } from './core.ts'
import { authOkFrame, sessionFrame } from './encode.ts'
import type { Timers } from './timers.ts'
import type { User } from './types.ts'
import { ANONYMOUS, tokenTtl, verify } from './verify.ts'

export interface AuthPort {
  readonly request: IncomingMessage
  readonly timers: Timers
  send(frame: string): void
  close(code: number, reason: string): void
  /** The client is who it says it is; told once. */
  opened(): void
  /** A fresh token was taken: the user's rights may be others. */
  renewed(): void
  /** Tells the client, if it keeps a session, what went wrong. */
  wrong(code: string, message: string): void
  /** Whether the client keeps a session. */
  inSession(): boolean
}

const REFUSED_FRAME = '{"type":"noAuth"}'
const EXPIRY_GRACE_MS = 5_000

/** Knows whose link this is: lets the first token in, and fresh ones after it. */
export class AuthGate<U extends User> {
  readonly #core: HubCore<U>
  readonly #port: AuthPort
  #status: 'waiting' | 'verifying' | 'in' | 'renewing' | 'ended' = 'waiting'
  #user: U | undefined
  #cancelExpiry: () => void = () => {}

  constructor(core: HubCore<U>, port: AuthPort) {
    this.#core = core
    this.#port = port
  }

  /** Only asked once the link is open. */
  get user(): U {
    return this.#user!
  }

  /** Begins the wait for a token, or goes on without where none is asked for. */
  begin(): void {
    const { authenticate, limits } = this.#core.options
    if (authenticate) return void this.#port.timers.schedule(limits.authMs, () => this.#late())
    this.#port.send(sessionFrame('sw.announce', this.#announcement()))
    // Whoever says that a user is more than an id authenticates.
    this.#enter(ANONYMOUS as U)
  }

  /** The first token, or a plain client's fresh one. */
  token(token: unknown): void {
    if (this.#status === 'waiting') void this.#first(token)
    else this.renew(token, () => authOkFrame(this.#announcement()))
  }

  /** A fresh token on an open link. */
  renew(token: unknown, accepted: () => string = () => sessionFrame('sw.authd', this.#ttl())): void {
    if (this.#status === 'verifying' || this.#status === 'renewing') return this.#port.close(4429, 'auth twice')
    if (this.#status === 'in') void this.#again(token, accepted)
  }

  end(): void {
    this.#status = 'ended'
  }

  async #first(token: unknown): Promise<void> {
    this.#status = 'verifying'
    const verified = await verify(this.#core, token, this.#port.request)
    if (this.#status !== 'verifying') return
    if (verified.kind === 'refused') return this.#refuse()
    if (verified.kind === 'failed') return this.#port.close(1011, 'cannot authenticate')
    this.#user = verified.user
    this.#port.send(authOkFrame(this.#announcement()))
    this.#enter(verified.user)
  }

  async #again(token: unknown, accepted: () => string): Promise<void> {
    this.#status = 'renewing'
    const verified = await verify(this.#core, token, this.#port.request)
    if (this.#status !== 'renewing') return
    this.#status = 'in'
    if (verified.kind === 'failed') return this.#port.wrong('auth_failed', 'The token could not be checked; try again.')
    // A session belongs to one user: another one begins anew.
    if (verified.kind === 'refused' || verified.user.id !== this.user.id) return this.#refuse()
    this.#know(verified.user)
    this.#port.send(accepted())
    this.#port.renewed()
  }

  #enter(user: U): void {
    this.#status = 'in'
    this.#know(user)
    this.#port.opened()
  }

  #know(user: U): void {
    this.#user = user
    this.#cancelExpiry()
    const ttlMs = tokenTtl(user)
    if (ttlMs === undefined) return
    const { timers } = this.#port
    this.#cancelExpiry = timers.schedule(ttlMs, () => {
      if (this.#port.inSession()) this.#port.send(sessionFrame('sw.reauth', {}))
      this.#cancelExpiry = timers.schedule(EXPIRY_GRACE_MS, () => this.#refuse())
    })
  }

  #late(): void {
    if (this.#status !== 'waiting' && this.#status !== 'verifying') return
    this.#core.counters.authTimeouts++
    this.#port.close(4408, 'auth timeout')
  }

  #refuse(): void {
    this.#core.counters.authRefused++
    this.#port.send(REFUSED_FRAME)
    this.#port.close(4401, 'not authenticated')
  }

  #announcement(): Announcement {
    const { heartbeat, limits } = this.#core.options
    const { intervalMs: everyMs, timeoutMs: withinMs, beat } = heartbeat
    const mode = beat ? 'reply' : 'ping'
    return { v: [SESSION_VERSION], heartbeat: { mode, everyMs, withinMs }, maxBytes: limits.frameBytes, ...this.#ttl() }
  }

  #ttl(): { readonly tokenTtlMs?: number } {
    const tokenTtlMs = this.#user && tokenTtl(this.#user)
    return tokenTtlMs === undefined ? {} : { tokenTtlMs }
  }
}
