import { isPromise, call, refusalOf, type Called } from './call.ts'
import type { Connection } from './connection.ts'
import { privateTopic, type HubCore } from './core.ts'
import { encodeMessage, encodeReply, isPublicTopic, sessionFrame } from './encode.ts'
import { Inbox, originOf, type Entry, type Refusal, type Settlement } from './inbox.ts'
import type { Handler, User } from './types.ts'

type Message = Extract<Entry, { kind: 'message' }>

const RETRY_MS = 1_000
const DENIED: Refusal = { code: 'denied', message: 'You may not publish to this topic.' }
const UNWRITABLE: Refusal = {
  code: 'encode',
  message: 'The server cannot write this data as JSON: it is nested too deeply.',
}
const UNKNOWN: Refusal = { code: 'unknown_type', message: 'The server has no handler for this type.' }

/** A session as far as this node has to do with it: its link, if there is one, and the messages that are being worked on. */
export class Session<U extends User> {
  readonly sid: string
  readonly userId: string
  readonly inbox: Inbox
  readonly #core: HubCore<U>
  #cid: string
  #generation: number
  #link: Connection<U> | undefined
  /** Who the messages are from; stays when the link goes, for the one that is being worked on. */
  #sender: Connection<U>

  constructor(core: HubCore<U>, claimed: ClaimedSession<U>) {
    const { sid, cid, generation, highest, link } = claimed
    this.sid = sid
    this.userId = link.user.id
    this.#core = core
    this.#cid = cid
    this.#generation = generation
    this.#link = this.#sender = link
    this.inbox = new Inbox(this.#port(), highest)
  }

  get cid(): string {
    return this.#cid
  }

  get generation(): number {
    return this.#generation
  }

  get link(): Connection<U> | undefined {
    return this.#link
  }

  attach({ generation, highest, link }: ClaimedSession<U>): void {
    this.#generation = generation
    this.#link = this.#sender = link
    this.inbox.resume(highest)
  }

  /** The link is gone. What runs goes on; what waits is sent again by the client. */
  detach(link: Connection<U>): void {
    if (this.#link !== link) return
    this.#link = undefined
    this.inbox.clear()
  }

  #port() {
    const { options, counters, problem } = this.#core
    const { clock, random } = options.env
    return {
      apply: (entry: Entry) => this.#apply(entry),
      store: (settlement: Exclude<Settlement, { kind: 'later' }>, n: number) => this.#store(settlement, n),
      ack: (rx: number) => this.#link?.send(sessionFrame('sw.ack', { rx })),
      nack: (n: number, refusal: Refusal & { readonly retryMs?: number; readonly want?: number }) => {
        counters.nacks++
        this.#link?.send(sessionFrame('sw.nack', { n, ...refusal }))
      },
      duplicate: () => void counters.duplicates++,
      gap: () => void counters.gaps++,
      fenced: () => this.#link?.takenOver(),
      failed: (error: unknown) => problem('backplane', error),
      broke: (error: unknown) => problem('handler', error),
      retryMs: () => Math.round(RETRY_MS * (1 + random())),
      now: () => clock.monotonic(),
    }
  }

  #store(settlement: Exclude<Settlement, { kind: 'later' }>, n: number) {
    const { backplane, retentionOf, session } = this.#core.options
    const origin = originOf({ cid: this.#cid, sid: this.sid, generation: this.#generation }, n)
    if (settlement.kind === 'accept') return backplane.accept(origin, session.dedupeMs)
    const { topic, payload } = settlement
    return backplane.publish({ topic, payload, retention: retentionOf(topic), origin })
  }

  #apply(entry: Entry): Settlement | Promise<Settlement> {
    if (entry.kind === 'skip') return { kind: 'accept' }
    if (entry.sw.c !== undefined) return this.#publish(entry, entry.sw.c)
    const request = entry.sw.rq === true
    const handler = (request ? this.#core.options.requests : this.#core.options.messages).get(entry.type)
    const called = handler ? this.#call(handler, entry) : undefined
    const settle = (done: Called<unknown> | undefined): Settlement =>
      request ? this.#replied(entry.sw.n, done) : this.#handled(done)
    return isPromise(called) ? called.then(settle) : settle(called)
  }

  #call(handler: Handler<U>, { type, data }: Message): Called<unknown> | Promise<Called<unknown>> {
    const { timers, options } = this.#core
    const { user, client } = this.#sender
    return call(() => handler(data, { user, client, type }), timers, options.limits.handlerMs)
  }

  #handled(called: Called<unknown> | undefined): Settlement {
    if (called?.ok) return { kind: 'accept' }
    return { kind: 'accept', refusal: this.#refusal(called) }
  }

  #replied(n: number, called: Called<unknown> | undefined): Settlement {
    const topic = privateTopic(this.sid)
    if (!called?.ok) return { kind: 'publish', topic, payload: encodeReply(n, undefined, this.#refusal(called)) }
    try {
      return { kind: 'publish', topic, payload: encodeReply(n, called.value) }
    } catch (error) {
      const refusal = this.#refusal({ ok: false, timeout: false, error: new Error('Not encoded.', { cause: error }) })
      return { kind: 'publish', topic, payload: encodeReply(n, undefined, refusal) }
    }
  }

  #refusal(called: Exclude<Called<unknown>, { ok: true }> | undefined): Refusal {
    if (!called) return UNKNOWN
    const refusal = refusalOf(called)
    // What the handler said itself is no problem of the server.
    if (refusal.code === 'timeout' || refusal.code === 'failed') this.#core.problem('handler', called.error)
    return refusal
  }

  async #publish({ type, data }: Message, topic: string): Promise<Settlement> {
    if (!isPublicTopic(topic)) return { kind: 'accept', refusal: DENIED }
    const allowed = await this.#sender.may(topic, 'publish')
    if (allowed === undefined) return { kind: 'later', code: 'unavailable', message: 'Nobody can say who may publish.' }
    if (!allowed) return { kind: 'accept', refusal: DENIED }
    try {
      return { kind: 'publish', topic, payload: encodeMessage(type, data) }
    } catch {
      // Parsed from JSON, and no reserved type: only its depth is left, since JSON is read deeper than it can be written.
      return { kind: 'accept', refusal: UNWRITABLE }
    }
  }
}

/** A session that the backplane gave to a link of this node. */
export interface ClaimedSession<U extends User> {
  readonly sid: string
  readonly cid: string
  readonly generation: number
  readonly highest: number
  readonly link: Connection<U>
}
