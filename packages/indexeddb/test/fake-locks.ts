type Callback = (lock: { readonly name: string } | null) => unknown

/** The Web Locks of one browser: as `navigator.locks` of one page. */
export class FakeLocks {
  readonly #held: Set<string>
  readonly #own = new Map<string, () => void>()

  constructor(held = new Set<string>()) {
    this.#held = held
  }

  /** The same browser, another page. */
  otherPage(): FakeLocks {
    return new FakeLocks(this.#held)
  }

  get held(): readonly string[] {
    return [...this.#held]
  }

  async request(name: string, _options: { readonly ifAvailable: true }, callback: Callback): Promise<unknown> {
    await Promise.resolve()
    if (this.#held.has(name)) return callback(null)
    this.#held.add(name)
    this.#own.set(name, () => this.#held.delete(name))
    try {
      return await callback({ name })
    } finally {
      this.#own.get(name)?.()
      this.#own.delete(name)
    }
  }

  /** The page ends, however it ends. */
  crash(): void {
    for (const free of this.#own.values()) free()
    this.#own.clear()
  }
}
