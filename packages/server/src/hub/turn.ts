/** Who has something to do when the turn ends. */
export interface Due {
  endTurn(): void
}

/** Ends a turn of the event loop for all links of a hub, with one callback of the host's. */
export class Turn {
  readonly #atEnd: (callback: () => void) => void
  #due: Due[] = []

  constructor(atEnd: (callback: () => void) => void) {
    this.#atEnd = atEnd
  }

  add(due: Due): void {
    if (this.#due.push(due) === 1) this.#atEnd(() => this.#end())
  }

  #end(): void {
    const due = this.#due
    this.#due = []
    let ended = 0
    try {
      for (const one of due) {
        ended++
        one.endTurn()
      }
    } finally {
      // No socket may throw. If one does, the others are not to wait for ever.
      for (const one of due.slice(ended)) this.add(one)
    }
  }
}
