import type { Clock } from '../env/clock.ts'
import type { Quality } from './quality.ts'

/** How an open connection is doing; both undefined while it is not open. */
export interface Health {
  readonly quality: Quality | undefined
  /** How long the last answer to a ping took, in milliseconds; undefined where nothing is pinged. */
  readonly latencyMs: number | undefined
}

export interface QualitySamplerDeps {
  readonly clock: Clock
  readonly read: () => Health
  /** Whether anybody wants to know: nothing is sampled for nobody. */
  readonly wanted: () => boolean
  readonly onChange: (health: Health) => void
}

const EVERY_MS = 1_000

/** Looks at the connection every second while it is open and somebody listens, and tells when its quality changes. */
export class QualitySampler {
  readonly #deps: QualitySamplerDeps
  #last: Quality | undefined
  #cancel: (() => void) | undefined

  constructor(deps: QualitySamplerDeps) {
    this.#deps = deps
  }

  /** Looks now, and goes on looking as long as there is something to see. Called at each change of state and listeners. */
  sample(): void {
    const { clock, read, wanted, onChange } = this.#deps
    this.dispose()
    const health = read()
    if (health.quality !== undefined && wanted()) this.#cancel = clock.schedule(EVERY_MS, () => this.sample())
    if (health.quality === this.#last) return
    this.#last = health.quality
    // Last, because it runs the application's code, which may lead back here.
    onChange(health)
  }

  dispose(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
