import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import { BoxWriter, STORAGE_MS } from './box-writer.ts'
import type { BoxContent, BoxIdentity, OutboxBox, OutboxStorage } from './storage.ts'

type UserId = string | number

export interface KeeperDeps {
  readonly storage: OutboxStorage
  /** When the user goes, what is unsent waits for their return; else it is deleted. */
  readonly park: boolean
  readonly clock: Clock
  /** Names the outboxes of a user. */
  readonly ownerOf: (userId: UserId) => Promise<string>
  /** Who this client is to the server. */
  readonly identity: () => BoxIdentity
  /** Whether it can still become somebody else. */
  readonly adoptable: () => boolean
  /** Messages can be kept from now on. What the box held, if it is not new, is to go first, as who the box was made by. */
  readonly opened: (content: BoxContent | undefined) => void
  /** Another page has taken the box, and sends what was kept in it. */
  readonly lost: () => void
  readonly report: (error: StatewireError) => void
}

/** A user's stay. */
interface Stay {
  readonly userId: UserId
  readonly owner: Promise<string>
}

interface Held {
  readonly name: 'held'
  readonly stay: Stay
  readonly box: OutboxBox
  readonly writer: BoxWriter
}

type Status =
  | { readonly name: 'nobody' }
  | { readonly name: 'opening'; readonly stay: Stay; readonly waiting: (() => void)[] }
  | Held
  /** Nothing is kept until another user comes. */
  | { readonly name: 'memory'; readonly stay: Stay }

/**
 * How often boxes that other pages left are looked for, in milliseconds, from the welcome on. Such a page may have ended a moment ago, with
 * messages still on their way: the server tells them by client id and number from what goes again.
 */
const ORPHANS_MS = 30_000

/** Has the box of the user who is signed in, and knows when to go on without. */
export class Keeper {
  readonly #deps: KeeperDeps
  #status: Status = { name: 'nobody' }
  #told = false
  readonly #timers = new Set<() => void>()
  /** Users who are gone, and want nothing to be left. */
  readonly #gone = new WeakSet<Stay>()
  #cancelOrphans: (() => void) | undefined

  constructor(deps: KeeperDeps) {
    this.#deps = deps
  }

  /** Takes what is to be kept; undefined: nothing is. */
  get writer(): BoxWriter | undefined {
    return this.#status.name === 'held' ? this.#status.writer : undefined
  }

  signIn(userId: UserId): void {
    const before = this.#stay
    if (before?.userId === userId) return
    if (before) this.leave()
    this.#told = false
    this.#open({ userId, owner: this.#deps.ownerOf(userId) }, [])
  }

  /** Calls back when this page has the box, or goes on without one: at once where there is nothing to wait for. */
  whenHeld(act: () => void): void {
    const status = this.#status
    if (status.name === 'opening') return void status.waiting.push(act)
    if (status.name !== 'held') return act()
    this.#within(status.box.hold(), (held) => {
      if (this.#status !== status) return this.whenHeld(act)
      if (held.ok && held.value) return this.#lookAgain(status, act)
      if (!held.ok) this.#failed('does not say whether the messages are still ours', held.cause)
      status.writer.end({ keep: false })
      status.box.release()
      this.#deps.lost()
      this.#open(status.stay, [act])
    })
  }

  /** While `idle` says so, what other pages of this user left goes out too: one box after the other, in place of this one. */
  adoptOrphans(idle: () => boolean): void {
    this.ignoreOrphans()
    this.#cancelOrphans = this.#deps.clock.schedule(ORPHANS_MS, () => {
      this.adoptOrphans(idle)
      void this.#adoptOrphan(idle)
    })
  }

  ignoreOrphans(): void {
    this.#cancelOrphans?.()
    this.#cancelOrphans = undefined
  }

  /** The user goes. */
  leave(): void {
    const { park, storage } = this.#deps
    const stay = this.#stay
    this.#end({ keep: park })
    if (!stay || park) return
    this.#gone.add(stay)
    this.#unheard(stay.owner.then((owner) => storage.clear(owner)))
  }

  /** The page or the client ends: what is kept stays. */
  dispose(): void {
    this.ignoreOrphans()
    this.#end({ keep: true })
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  get #stay(): Stay | undefined {
    return this.#status.name === 'nobody' ? undefined : this.#status.stay
  }

  #end({ keep }: { readonly keep: boolean }): void {
    const status = this.#status
    this.#status = { name: 'nobody' }
    if (status.name !== 'held') return
    status.writer.end({ keep })
    if (keep) status.box.release()
    else this.#unheard(status.box.delete())
  }

  #open(stay: Stay, waiting: (() => void)[]): void {
    const opening: Status = { name: 'opening', stay, waiting }
    this.#status = opening
    const taking = stay.owner.then((owner) => this.#take(owner))
    taking.then(
      (box) => {
        if (this.#status !== opening) this.#letGo(stay, box)
      },
      () => {},
    )
    this.#within(taking, (taken) => {
      if (this.#status !== opening) return
      if (taken.ok) {
        this.#hold(stay, taken.value)
      } else {
        this.#status = { name: 'memory', stay }
        this.#failed('cannot be opened', taken.cause)
      }
      for (const act of waiting) this.whenHeld(act)
    })
  }

  /** A page that was reloaded may have let go of its box a moment too late. */
  #lookAgain(status: Held, act: () => void): void {
    const { adoptable } = this.#deps
    if (status.box.content || !adoptable()) return act()
    this.#within(this.#adoptOrphan(adoptable), () => (this.#status === status ? act() : this.whenHeld(act)))
  }

  /** Never rejects: there is another time. */
  async #adoptOrphan(idle: () => boolean): Promise<void> {
    const status = this.#status
    if (status.name !== 'held' || !idle()) return
    const { stay, writer, box } = status
    const orphan = await stay.owner.then((owner) => this.#deps.storage.adopt(owner)).catch(() => undefined)
    if (!orphan) return
    if (this.#status !== status || !idle()) return this.#letGo(stay, orphan)
    writer.end({ keep: false })
    this.#unheard(box.delete())
    this.#hold(stay, orphan)
  }

  async #take(owner: string): Promise<OutboxBox> {
    const { storage, adoptable } = this.#deps
    return (adoptable() && (await storage.adopt(owner))) || storage.create(owner)
  }

  #hold(stay: Stay, box: OutboxBox): void {
    const { clock, identity, opened } = this.#deps
    const failed = (problem: string, cause?: unknown): void => this.#failed(problem, cause)
    this.#status = { name: 'held', stay, box, writer: new BoxWriter({ box, clock, identity, failed }) }
    opened(box.content)
  }

  /** A box that came too late: nobody waits for it any more. */
  #letGo(stay: Stay, box: OutboxBox): void {
    if (this.#gone.has(stay)) this.#unheard(box.delete())
    else box.release()
  }

  #within<Value>(promise: Promise<Value>, act: (outcome: Outcome<Value>) => void): void {
    let cancel = (): void => {}
    const decide = (outcome: Outcome<Value>): void => {
      if (!this.#timers.delete(cancel)) return
      cancel()
      act(outcome)
    }
    const cause = new Error(`It took longer than ${STORAGE_MS} ms.`)
    cancel = this.#deps.clock.schedule(STORAGE_MS, () => decide({ ok: false, cause }))
    this.#timers.add(cancel)
    promise.then(
      (value) => decide({ ok: true, value }),
      (reason: unknown) => decide({ ok: false, cause: reason }),
    )
  }

  /** Nobody waits for its end. */
  #unheard(promise: Promise<void>): void {
    promise.catch((cause: unknown) => this.#failed('could not delete messages', cause))
  }

  /** Told once for each user: what fails once fails again. */
  #failed(problem: string, cause?: unknown): void {
    if (this.#told) return
    this.#told = true
    this.#deps.report(new StatewireError('STORAGE', { problem }, { cause }))
  }
}

type Outcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly cause: unknown }
