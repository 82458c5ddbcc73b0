import type { Frames } from '@statewire/core'
import { made } from './made.ts'

/** Animation frames that come when the test paints. */
export class FakeFrames implements Frames {
  #requests: { readonly callback: () => void }[] = []

  constructor() {
    made({ frames: this })
  }

  request(callback: () => void): () => void {
    const request = { callback }
    this.#requests.push(request)
    return () => {
      this.#requests = this.#requests.filter((other) => other !== request)
    }
  }

  /** How many callbacks wait for the next paint. */
  get pending(): number {
    return this.#requests.length
  }

  /** Runs what was requested, oldest first. What is requested meanwhile waits for the next paint, as in a browser. */
  paint(): void {
    const due = this.#requests
    for (const request of due) {
      // Looked up again: an earlier callback may have cancelled this one.
      if (!this.#requests.includes(request)) continue
      this.#requests = this.#requests.filter((other) => other !== request)
      request.callback()
    }
  }
}
