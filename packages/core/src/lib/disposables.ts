/** Ends something. Idempotent by convention: calling it again does nothing. */
export type Dispose = () => void

/** Owns what is created: the line that creates also registers its end. */
export class Disposables {
  // Joined, not pushed to: an array that has grown keeps room for sixteen more.
  #cleanups: readonly Dispose[] | undefined = []

  /** Registers a cleanup and returns it. After `dispose` the cleanup runs at once, so late arrivals cannot leak. */
  add(cleanup: Dispose): Dispose {
    if (this.#cleanups) this.#cleanups = this.#cleanups.concat(cleanup)
    else cleanup()
    return cleanup
  }

  /** Runs every cleanup, newest first; one that throws does not stop the others. */
  dispose(): void {
    const cleanups = this.#cleanups ?? []
    this.#cleanups = undefined
    const failures: unknown[] = []
    for (const cleanup of [...cleanups].reverse()) {
      try {
        cleanup()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Cleanup failed')
  }
}
