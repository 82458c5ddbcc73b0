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
    for (const one of due) one.endTurn()
  }
}
