const MOST = 3
const WITHIN_MS = 60_000

/** Counts how often somebody else took our session: a duplicated tab has our client id. */
export class Takeovers {
  #at: number[] = []

  /** Notes one more; whether it is time to become somebody else. */
  tooMany(now: number): boolean {
    this.#at = [...this.#at.filter((at) => now - at < WITHIN_MS), now]
    if (this.#at.length < MOST) return false
    this.#at = []
    return true
  }
}
