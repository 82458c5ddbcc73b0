import type { Connection } from './connection.ts'
import type { HubCore } from './core.ts'
import { Session, type ClaimedSession } from './session.ts'
import type { User } from './types.ts'

/** What is to be had by another link. */
export interface Released {
  readonly sid: string | undefined
  /** Includes the user. */
  readonly cid: string
  readonly userId: string
}

/** The sessions this node has a link to, or work left of. */
export class Sessions<U extends User> {
  readonly #core: HubCore<U>
  readonly #sessions = new Map<string, Session<U>>()
  /** By client id: the last session that came with it. */
  readonly #byClient = new Map<string, Session<U>>()

  constructor(core: HubCore<U>) {
    this.#core = core
  }

  /** Sessions with a link. */
  get size(): number {
    let count = 0
    for (const { link } of this.#sessions.values()) if (link) count++
    return count
  }

  /**
   * Takes a session, and whichever has the client id, from its link on this node, if that is there, and waits for the message that
   * is being worked on: whoever claims them next then learns its number, and does not send it again.
   */
  async release({ sid, cid, userId }: Released): Promise<void> {
    const named = sid === undefined ? undefined : this.#sessions.get(sid)
    const other = this.#byClient.get(cid)
    if (named?.userId === userId) named.link?.takenOver()
    // A link that goes on sending would make the wait endless.
    other?.link?.takenOver()
    await Promise.all([named?.userId === userId && named.inbox.idle(), other?.inbox.idle()])
  }

  /** Binds a claimed session to its link; undefined when another link of this node claimed it after that. */
  adopt(claimed: ClaimedSession<U>): Session<U> | undefined {
    const { sid, cid, generation } = claimed
    const known = this.#sessions.get(sid)
    if (known && known.generation > generation) return undefined
    known?.link?.takenOver()
    if (known?.cid === cid) {
      known.attach(claimed)
      this.#byClient.set(cid, known)
      return known
    }
    const session = new Session(this.#core, claimed)
    this.#byClient.set(cid, session)
    this.#sessions.set(sid, session)
    return session
  }

  /** Another node owns the session since this generation. */
  takenOver(sid: string, generation: number): void {
    const session = this.#sessions.get(sid)
    if (session && session.generation < generation) session.link?.takenOver()
  }

  /** The link is gone: the session lives on at the backplane, and here only as long as there is work left. */
  detach(session: Session<U>, link: Connection<U>): void {
    if (session.link !== link) return
    session.detach(link)
    this.#touch(session.sid)
    void session.inbox.idle().then(() => {
      if (!session.inbox.unsettled) return this.#forget(session)
      this.#core.timers.schedule(this.#core.options.session.ttlMs, () => this.#forget(session))
    })
  }

  /** Tells the backplane which sessions still have a link. */
  touch(): void {
    for (const { sid, link } of this.#sessions.values()) if (link) this.#touch(sid)
  }

  /** Resolves when no message is being worked on. */
  async idle(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ inbox }) => inbox.idle()))
  }

  #forget(session: Session<U>): void {
    if (session.link) return
    if (this.#sessions.get(session.sid) === session) this.#sessions.delete(session.sid)
    if (this.#byClient.get(session.cid) === session) this.#byClient.delete(session.cid)
  }

  #touch(sid: string): void {
    const { backplane, session } = this.#core.options
    backplane.touch(sid, session.ttlMs).catch((error: unknown) => this.#core.problem('backplane', error))
  }
}
