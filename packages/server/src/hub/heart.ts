import type { Clock } from '../env.ts'

export interface HeartPort {
  readonly clock: Clock
  readonly random: () => number
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Sends a ping; undefined when the socket cannot. */
  readonly ping: (() => void) | undefined
  /** True while the server itself does not read from the link. */
  readonly deaf: () => boolean
  readonly dead: () => void
}

// A timer that is this late says that the server's own loop stood still: what came meanwhile is not read yet.
const LATE_MS = 1_000

/** Pings one link and notices when nothing comes back. One timer. */
export class Heart {
  readonly #port: HeartPort
  #cancel: () => void = () => {}
  #aliveAt: number
  #pingedAt = 0

  constructor(port: HeartPort) {
    this.#port = port
    this.#aliveAt = port.clock.monotonic()
    // A random phase, so that a herd that connected together is not pinged together.
    if (port.ping) this.#after(port.intervalMs * port.random(), () => this.#ping())
  }

  alive(): void {
    this.#aliveAt = this.#port.clock.monotonic()
  }

  stop(): void {
    this.#cancel()
  }

  #after(delayMs: number, run: (late: boolean) => void): void {
    const { clock } = this.#port
    const due = clock.monotonic() + delayMs
    this.#cancel = clock.schedule(delayMs, () => run(clock.monotonic() - due > LATE_MS))
  }

  #ping(): void {
    this.#pingedAt = this.#port.clock.monotonic()
    this.#port.ping?.()
    this.#after(this.#port.timeoutMs, (late) => this.#judge(late))
  }

  #judge(late: boolean): void {
    const { intervalMs, timeoutMs } = this.#port
    if (this.#aliveAt >= this.#pingedAt) return this.#after(Math.max(0, intervalMs - timeoutMs), () => this.#ping())
    if (late || this.#port.deaf()) return this.#ping()
    this.#port.dead()
  }
}
