import type { Connection } from './connection.ts'
import type { HubCore } from './core.ts'
import { Session, type ClaimedSession } from './session.ts'
import type { User } from './types.ts'

/** The sessions this node has a link to, or work left of. */
export class Sessions<U extends User> {
  readonly #core: HubCore<U>
  readonly #sessions = new Map<string, Session<U>>()

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
   * Takes a session from its link on this node, if that is there, and waits for the message that is being worked on: whoever claims
   * the session next then learns its number, and does not send it again.
   */
  async release(sid: string, userId: string): Promise<void> {
    const session = this.#sessions.get(sid)
    if (session?.userId !== userId) return
    session.link?.takenOver()
    await session.inbox.idle()
  }

  /** Binds a claimed session to its link; undefined when another link of this node claimed it after that. */
  adopt(claimed: ClaimedSession<U>): Session<U> | undefined {
    const { sid, cid, generation } = claimed
    const known = this.#sessions.get(sid)
    if (known && known.generation > generation) return undefined
    known?.link?.takenOver()
    if (known?.cid === cid) {
      known.attach(claimed)
      return known
    }
    const session = new Session(this.#core, claimed)
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
    if (!session.link && this.#sessions.get(session.sid) === session) this.#sessions.delete(session.sid)
  }

  #touch(sid: string): void {
    const { backplane, session } = this.#core.options
    backplane.touch(sid, session.ttlMs).catch((error: unknown) => this.#core.problem('backplane', error))
  }
}
