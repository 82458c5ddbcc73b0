import type { Clock } from '../env/clock.ts'
import { Emitter, isolate, type Unsubscribe } from '../lib/emitter.ts'
import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import type { Cursor, Gap, Sub, Subd } from '../protocol/session/messages.ts'

/** `denied` is final until everybody let go of the channel. */
export type ChannelStatus = 'idle' | 'subscribing' | 'subscribed' | 'denied'

/** Continuity of a topic is broken: what was shown of it may be outdated. */
export interface Resync {
  readonly topic: string
  /** `trimmed`, `epoch`, `slow`, … as the server says. */
  readonly why: string
  /** Messages go on after this place. */
  readonly cursor: Cursor
}

export interface ChannelEvents {
  /** A message of this topic, each once and in order. */
  message: Envelope
  status: ChannelStatus
  /** Told exactly once for each hole, before the first message after it. */
  resync: Resync
}

/** One topic of the server. The same object for everybody who asks for the topic. */
export interface Channel {
  readonly topic: string
  readonly status: ChannelStatus
  /** Where the last message stood in the topic's log. */
  readonly cursor: Cursor | undefined
  /**
   * Wants the topic until the returned function is called; the first one who wants it subscribes, the last one who lets go
   * unsubscribes, one task later. Its messages also reach `wire`, `onMessage` and `message` of the client, by their type.
   */
  subscribe(listener?: (message: Envelope) => unknown): Unsubscribe
  on<Name extends keyof ChannelEvents>(name: Name, listener: (payload: ChannelEvents[Name]) => unknown): Unsubscribe
  /**
   * Publishes into the topic. Resolves when the server has it for good; it comes back as a message to all who subscribed.
   *
   * @throws {StatewireError} (as rejection) what `client.send` rejects with, and `REFUSED` when the server does not allow it.
   */
  publish(type: string, data?: unknown): Promise<void>
}

export interface ChannelDeps {
  readonly topic: string
  readonly clock: Clock
  readonly subscribe: (sub: Sub) => void
  readonly unsubscribe: (id: number) => void
  readonly nextId: () => number
  readonly publish: (type: string, data: unknown) => Promise<void>
  readonly report: (error: StatewireError) => void
}

/** A topic's lifecycle: what is wanted against what the server knows, and the place in the log. */
export class SessionChannel implements Channel {
  readonly topic: string
  readonly #deps: ChannelDeps
  readonly #events: Emitter<ChannelEvents>
  #wanted = 0
  #status: ChannelStatus = 'idle'
  #cursor: Cursor | undefined
  /** The wish the server was told of on this link, or is to answer. */
  #id: number | undefined
  #answered = false
  #cancelRelease: (() => void) | undefined
  #cancelRetry: (() => void) | undefined

  constructor(deps: ChannelDeps) {
    this.#deps = deps
    this.topic = deps.topic
    this.#events = new Emitter((cause, name) =>
      this.#failed(`a listener of "${name}" of channel "${deps.topic}"`, cause),
    )
  }

  get status(): ChannelStatus {
    return this.#status
  }

  get cursor(): Cursor | undefined {
    return this.#cursor
  }

  /** True when nobody uses it in any way. */
  get idle(): boolean {
    return this.#wanted === 0 && this.#id === undefined && !this.#cancelRelease
  }

  subscribe(listener?: (message: Envelope) => unknown): Unsubscribe {
    const stop = listener && this.#events.on('message', listener)
    this.#wanted++
    this.#cancelRelease?.()
    this.#cancelRelease = undefined
    if (this.#status === 'idle') this.#enter('subscribing')
    if (this.#id === undefined && this.#status === 'subscribing') this.#ask()
    let held = true
    return () => {
      if (!held) return
      held = false
      stop?.()
      if (--this.#wanted === 0) this.#releaseLater()
    }
  }

  on<Name extends keyof ChannelEvents>(name: Name, listener: (payload: ChannelEvents[Name]) => unknown): Unsubscribe {
    return this.#events.on(name, listener)
  }

  publish(type: string, data?: unknown): Promise<void> {
    return this.#deps.publish(type, data)
  }

  /** The wish to be sent on a new link; undefined when there is none. */
  wish(): Sub | undefined {
    if (this.#wanted === 0 || this.#status === 'denied') return undefined
    this.#answered = false
    this.#id = this.#deps.nextId()
    return { id: this.#id, c: this.topic, ...(this.#cursor ? { cursor: this.#cursor } : {}) }
  }

  /** The link is gone, and with it what the server knew. */
  linkLost(): void {
    this.#id = undefined
    this.#answered = false
    this.#cancelRetry?.()
    if (this.#status === 'subscribed') this.#enter('subscribing')
  }

  subscribed({ id, st, cursor, why = st, retryMs = 1_000 }: Subd): void {
    if (id !== this.#id) return // of a wish that is no longer ours
    switch (st) {
      case 'denied':
        this.#id = undefined
        this.#deps.report(new StatewireError('DENIED', { topic: this.topic, problem: why }))
        return this.#enter('denied')
      case 'retry':
        this.#id = undefined
        this.#cancelRetry = this.#deps.clock.schedule(retryMs, () => this.#ask())
        return
      case 'resumed':
        this.#answered = true
        return this.#enter('subscribed')
      case 'new':
      case 'lost':
        this.#answered = true
        this.#goOnAfter(cursor, why)
        return this.#enter('subscribed')
      default:
        st satisfies never
    }
  }

  gap({ cursor, why }: Gap): void {
    if (this.#id !== undefined) this.#goOnAfter(cursor, why)
  }

  /** Takes a message of this topic; shows it at most once, and never out of order. */
  take(offset: number, message: Envelope, deliver: () => void): void {
    const cursor = this.#cursor
    if (!cursor || !this.#answered || this.#wanted === 0 || offset <= cursor.offset) return
    if (offset > cursor.offset + 1) return this.#ask() // a hole: what is missing comes again, from the cursor on
    this.#events.emit('message', message)
    // A listener may have signed out: nobody after it is shown what was the last user's.
    if (this.#cursor === cursor) deliver()
    // Afterwards, so that a message counts as seen only when everybody has been called; unless one of them ended it all.
    if (this.#cursor === cursor) this.#cursor = { epoch: cursor.epoch, offset }
  }

  /** Another user: nothing of what was seen counts any more. */
  forget(): void {
    this.linkLost()
    this.#cursor = undefined
    if (this.#status === 'denied') this.#enter(this.#wanted > 0 ? 'subscribing' : 'idle')
  }

  dispose(): void {
    this.linkLost()
    this.#cancelRelease?.()
    this.#wanted = 0
    this.#cursor = undefined
    this.#enter('idle')
    this.#events.clear()
  }

  #goOnAfter(cursor: Cursor | undefined, why: string): void {
    const before = this.#cursor
    this.#cursor = cursor
    // Somebody who has seen nothing yet has missed nothing.
    if (before && cursor) this.#events.emit('resync', { topic: this.topic, why, cursor })
  }

  #ask(): void {
    const sub = this.wish()
    if (!sub) return
    if (this.#status === 'subscribed') this.#enter('subscribing')
    this.#deps.subscribe(sub)
  }

  #releaseLater(): void {
    // One task later: components that are replaced by others let go and ask again in one go.
    this.#cancelRelease = this.#deps.clock.schedule(0, () => {
      this.#cancelRelease = undefined
      this.#cancelRetry?.()
      if (this.#id !== undefined) this.#deps.unsubscribe(this.#id)
      this.#id = undefined
      this.#answered = false
      this.#cursor = undefined
      this.#enter('idle')
    })
  }

  #enter(status: ChannelStatus): void {
    if (this.#status === status) return
    this.#status = status
    this.#events.emit('status', status)
  }

  #failed(where: string, cause: unknown): void {
    isolate(
      () => this.#deps.report(new StatewireError('CALLBACK', { where }, { cause })),
      () => {},
    )
  }
}
