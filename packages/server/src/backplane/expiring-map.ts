import type { Clock } from '../env.ts'

interface Entry<Value> {
  readonly value: Value
  readonly until: number
}

export interface ExpiringMapHooks<Value> {
  /** An entry went, by time or for another. Told when it is noticed. */
  readonly ended?: (key: string) => void
  /** Called now and then for each entry that stays. */
  readonly kept?: (value: Value) => void
}

const SWEEP_EVERY_MS = 10_000

/** A map whose entries end by time, or, when it is full, with the one that was set longest ago. Needs no timer. */
export class ExpiringMap<Value> {
  readonly #clock: Clock
  readonly #capacity: number
  readonly #hooks: ExpiringMapHooks<Value>
  readonly #entries = new Map<string, Entry<Value>>()
  #sweptAt = 0

  constructor(clock: Clock, capacity: number, hooks: ExpiringMapHooks<Value> = {}) {
    this.#clock = clock
    this.#capacity = capacity
    this.#hooks = hooks
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.until > this.#clock.monotonic() ? entry.value : undefined
  }

  set(key: string, value: Value, ttlMs: number): void {
    this.tidy()
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: this.#clock.monotonic() + ttlMs })
    if (this.#entries.size > this.#capacity) this.#end(this.#entries.keys().next().value!)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Removes what ended, at most every 10 s. */
  tidy(): void {
    const now = this.#clock.monotonic()
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return
    this.#sweptAt = now
    for (const [key, { value, until }] of this.#entries) {
      if (until <= now) this.#end(key)
      else this.#hooks.kept?.(value)
    }
  }

  #end(key: string): void {
    this.#entries.delete(key)
    this.#hooks.ended?.(key)
  }
}
