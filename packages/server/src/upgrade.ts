import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What is looked at before a connection becomes a WebSocket. */
export interface UpgradeRules {
  readonly path: string | undefined
  readonly origins: readonly string[] | '*' | undefined
}

/** Whether a page of this origin may connect. @param host The Host header of the request. */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  origins: UpgradeRules['origins'],
): boolean {
  if (origin === undefined || origins === '*') return true
  if (origins) return origins.includes(origin)
  try {
    return host !== undefined && new URL(origin).host === host.toLowerCase()
  } catch {
    // `null`, of sandboxed pages and files.
    return false
  }
}

/** Whether the request is for this server. */
export function pathMatches({ url = '/' }: IncomingMessage, path: string | undefined): boolean {
  return path === undefined || url.split('?', 1)[0] === path
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
}

/** Answers an upgrade with an HTTP error. */
export function refuseUpgrade(socket: Duplex, status: number, retryAfterSeconds?: number): void {
  const retry = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`
  // Whoever is refused may be gone already, which is no news.
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n${retry}\r\n`)
}

/** Counts connections by address. */
export class AddressCount {
  readonly #most: number
  readonly #counts = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Counts one more; undefined when there are too many. The returned release is idempotent. */
  take(address: string): (() => void) | undefined {
    const count = this.#counts.get(address) ?? 0
    if (count >= this.#most) return undefined
    this.#counts.set(address, count + 1)
    let taken = true
    return () => {
      if (!taken) return
      taken = false
      const left = (this.#counts.get(address) ?? 1) - 1
      if (left > 0) this.#counts.set(address, left)
      else this.#counts.delete(address)
    }
  }
}
