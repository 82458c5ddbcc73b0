/** Tells the answers to own `heartCheck` frames from those that want one: answering an answer would never end. */
export class Beat {
  #unanswered = false

  /** An own one was sent. */
  sent(): void {
    this.#unanswered = true
  }

  /** One came; true when it is to be answered. */
  came(): boolean {
    const answer = !this.#unanswered
    this.#unanswered = false
    return answer
  }
}
