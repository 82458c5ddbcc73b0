import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { parsePlaced, parseReplyError, PRIVATE_TOPIC, type Cursor } from '../protocol/session/index.ts'
import type { PendingRequests } from './pending-requests.ts'

/** The session's own topic: direct messages and replies, each once and in order. */
export class PrivateTopic {
  readonly #requests: PendingRequests
  readonly #hole: () => void
  /** Where it stood. */
  cursor: Cursor | undefined

  constructor(requests: PendingRequests, hole: () => void) {
    this.#requests = requests
    this.#hole = hole
  }

  take(offset: number, act: () => void): void {
    const { cursor } = this
    if (!cursor || offset <= cursor.offset) return
    // A hole: a new link brings what is missing.
    if (offset > cursor.offset + 1) return this.#hole()
    act()
    if (this.cursor === cursor) this.cursor = { epoch: cursor.epoch, offset }
  }

  /** The server has lost a part of it. What was answered meanwhile nobody will hear. */
  gap(cursor: Cursor): void {
    this.cursor = cursor
    this.#requests.lost()
  }

  reply({ data, sw }: Envelope): void {
    const placed = parsePlaced(sw)
    if (!placed || placed.re === undefined || placed.c !== PRIVATE_TOPIC) return
    const { re } = placed
    const error = parseReplyError(sw)
    this.take(placed.o, () => {
      if (!error) return this.#requests.answer(re, { result: data })
      const { code: refusal, message: problem } = error
      const reason = (messageType: string): StatewireError =>
        new StatewireError('REFUSED', { messageType, refusal, problem })
      this.#requests.answer(re, { reason })
    })
  }
}
