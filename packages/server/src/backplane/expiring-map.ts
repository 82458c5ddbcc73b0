import type { Clock } from '../env.ts'

interface Entry<Value> {
  readonly value: Value
  readonly until: number
}

const SWEEP_EVERY_MS = 10_000

/** A map whose entries end by time, or, when it is full, with the one that was set longest ago. Needs no timer. */
export class ExpiringMap<Value> {
  readonly #clock: Clock
  readonly #capacity: number
  readonly #entries = new Map<string, Entry<Value>>()
  #sweptAt = 0

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.until > this.#clock.monotonic() ? entry.value : undefined
  }

  set(key: string, value: Value, ttlMs: number): void {
    const now = this.#clock.monotonic()
    if (now - this.#sweptAt >= SWEEP_EVERY_MS) this.#sweep(now)
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: now + ttlMs })
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value!)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  #sweep(now: number): void {
    this.#sweptAt = now
    for (const [key, { until }] of this.#entries) if (until <= now) this.#entries.delete(key)
  }
}
