import type { Turn } from './turn.ts'
import type { HubSocket } from './types.ts'

type Join = (frames: readonly string[]) => string

/** A socket that sends what comes within one turn in one frame, once it is told that the client takes that. */
export class JoiningSocket implements Pick<HubSocket, 'bufferedBytes' | 'close' | 'send' | 'terminate'> {
  readonly #socket: HubSocket
  readonly #turn: Turn
  #join: Join | undefined
  /** Longest frame that is joined, in characters. */
  #longest = 0
  /** What waits for the end of the turn: the first, which mostly is the only one, and those behind it. */
  #first: string | undefined
  #others: string[] | undefined
  #characters = 0

  constructor(socket: HubSocket, turn: Turn) {
    this.#socket = socket
    this.#turn = turn
  }

  /** From now on. */
  begin(join: Join, longest: number): void {
    this.#join = join
    this.#longest = longest
  }

  /** What waits for the end of the turn is counted in characters. */
  get bufferedBytes(): number {
    return this.#socket.bufferedBytes + this.#characters
  }

  send(text: string): void {
    if (this.#characters + text.length > this.#longest) this.#flush()
    // Alone and at once: it would fill a frame, and what it takes in the buffer is to be known.
    if (text.length >= this.#longest) return this.#socket.send(text)
    this.#characters += text.length + 1
    if (this.#first === undefined) {
      this.#first = text
      this.#turn.add(this)
    } else if (this.#others) this.#others.push(text)
    else this.#others = [text]
  }

  /** What is too long to be joined is to find the buffer as it is, without what waits for the end of the turn. */
  expect(length: number): void {
    if (length >= this.#longest) this.#flush()
  }

  endTurn(): void {
    this.#flush()
  }

  close(code: number, reason: string): void {
    this.#flush()
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.closed()
    this.#socket.terminate()
  }

  /** The socket is gone: what waits would go nowhere. */
  closed(): void {
    this.#first = this.#others = undefined
    this.#characters = 0
  }

  #flush(): void {
    const first = this.#first
    if (first === undefined) return
    const others = this.#others
    this.closed()
    // One alone is the text that everybody gets, not a copy of it.
    if (others) this.#sendAll([first, ...others])
    else this.#socket.send(first)
  }

  #sendAll(frames: readonly string[]): void {
    let joined: string
    try {
      joined = this.#join!(frames)
    } catch {
      // What the backplane gave may be no JSON: the client tells what it cannot read.
      for (const frame of frames) this.#socket.send(frame)
      return
    }
    this.#socket.send(joined)
  }
}
