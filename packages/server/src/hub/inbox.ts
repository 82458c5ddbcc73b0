import type { Numbered } from '@statewire/core/protocol'
import type { Accepted, Origin, Published } from '../backplane/backplane.ts'

/** A numbered message, or the word that it never comes. */
export type Entry =
  | { readonly kind: 'message'; readonly type: string; readonly data: unknown; readonly sw: Numbered }
  | { readonly kind: 'skip'; readonly sw: Numbered }

export interface Refusal {
  readonly code: string
  readonly message: string
}

/** What became of a message, and is to be stored with its number. */
export type Settlement =
  | { readonly kind: 'accept'; readonly refusal?: Refusal }
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: string }
  /** Not now. Nothing is stored. */
  | { readonly kind: 'later'; readonly code: string; readonly message: string }

export interface InboxPort {
  /** Does what the message asks for. SHOULD NOT throw or reject: the message is refused then. */
  apply(entry: Entry): Settlement | Promise<Settlement>
  /** Stores number and settlement in one step. */
  store(settlement: Exclude<Settlement, { kind: 'later' }>, n: number): Promise<Accepted | Published>
  ack(rx: number): void
  nack(n: number, refusal: Refusal & { readonly retryMs?: number; readonly want?: number }): void
  duplicate(): void
  gap(): void
  fenced(): void
  failed(error: unknown): void
  /** Something threw that never should. */
  broke(error: unknown): void
  retryMs(): number
  now(): number
}

const MOST_UNACKED = 32
const GAP_AGAIN_MS = 1_000
const BROKEN: Refusal = { code: 'failed', message: 'The server failed on this message.' }

/** Takes the numbered messages of one session: in order, one at a time, each once. */
export class Inbox {
  readonly #port: InboxPort
  #highest: number
  #queue: Entry[] = []
  #running = false
  #unacked = 0
  #idle: (() => void)[] = []
  /** What a message came to that could not be stored: it must not be applied again. */
  #settled: { readonly n: number; readonly settlement: Settlement } | undefined
  #gapTold: { readonly want: number; readonly at: number } | undefined

  constructor(port: InboxPort, highest: number) {
    this.#port = port
    this.#highest = highest
  }

  get length(): number {
    return this.#queue.length
  }

  /** True when a message was applied and its number is not stored. */
  get unsettled(): boolean {
    return this.#settled !== undefined
  }

  push(entry: Entry): void {
    this.#queue.push(entry)
    if (!this.#running) void this.#run()
  }

  /** Goes on from what the store knows. */
  resume(highest: number): void {
    this.#highest = highest
    this.#gapTold = undefined
    if (this.#settled && this.#settled.n <= highest) this.#settled = undefined
  }

  /** Forgets what waits; what runs goes on. */
  clear(): void {
    this.#queue = []
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#running ? new Promise((resolve) => void this.#idle.push(resolve)) : Promise.resolve()
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let entry = this.#queue.shift(); entry; entry = this.#queue.shift()) {
      try {
        await this.#take(entry)
        if (this.#queue.length === 0) this.#flushAck()
      } catch (error) {
        // An inbox that stopped here would seem to run for ever: it would take nothing, and drain would wait for it.
        this.#port.broke(error)
      }
    }
    this.#running = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #take(entry: Entry): Promise<void> {
    const { n } = entry.sw
    if (n <= this.#highest) {
      this.#port.duplicate()
      return this.#oweAck()
    }
    if (n > this.#highest + 1) return this.#gap(n, this.#highest + 1)
    this.#gapTold = undefined
    const settlement = this.#settledBefore(entry) ?? (await this.#apply(entry))
    if (settlement.kind === 'later') return this.#later(n, settlement)
    await this.#store(n, settlement)
  }

  #settledBefore({ kind, sw }: Entry): Settlement | undefined {
    // What the client gave up must not appear after all: a skip is applied in its own right.
    return kind === 'message' && this.#settled?.n === sw.n ? this.#settled.settlement : undefined
  }

  async #apply(entry: Entry): Promise<Settlement> {
    try {
      const settlement = this.#port.apply(entry)
      // It may take long, and what is settled before need not wait for it.
      if (settlement instanceof Promise) this.#flushAck()
      return await settlement
    } catch (error) {
      this.#port.broke(error)
      return { kind: 'accept', refusal: BROKEN }
    }
  }

  async #store(n: number, settlement: Exclude<Settlement, { kind: 'later' }>): Promise<void> {
    let stored: Accepted | Published
    try {
      stored = await this.#port.store(settlement, n)
    } catch (error) {
      this.#settled = { n, settlement }
      this.#port.failed(error)
      return this.#later(n, { code: 'unavailable', message: 'The server cannot store messages at the moment.' })
    }
    this.#settled = undefined
    switch (stored.outcome) {
      case 'ok':
      case 'duplicate':
        this.#highest = n
        if (settlement.kind === 'accept' && settlement.refusal) this.#port.nack(n, settlement.refusal)
        return this.#oweAck()
      case 'gap':
        this.#highest = stored.want - 1
        return this.#gap(n, stored.want)
      case 'fenced':
        this.clear()
        return this.#port.fenced()
    }
  }

  #later(n: number, { code, message }: Refusal): void {
    // Those behind it are ahead of their turn now, and it is no news to the client.
    this.#gapTold = { want: n, at: this.#port.now() }
    this.#port.nack(n, { code, message, retryMs: this.#port.retryMs() })
  }

  // Told once for all that are ahead, and again when the client does not seem to have heard.
  #gap(n: number, want: number): void {
    this.#port.gap()
    const now = this.#port.now()
    if (this.#gapTold?.want === want && now - this.#gapTold.at < GAP_AGAIN_MS) return
    this.#gapTold = { want, at: now }
    this.#port.nack(n, { code: 'gap', message: `Number ${want} is expected.`, want })
  }

  #oweAck(): void {
    if (++this.#unacked >= MOST_UNACKED) this.#flushAck()
  }

  #flushAck(): void {
    if (this.#unacked === 0) return
    this.#unacked = 0
    this.#port.ack(this.#highest)
  }
}

/** Makes the origin of a number. */
export function originOf(session: Omit<Origin, 'n'>, n: number): Origin {
  return { cid: session.cid, sid: session.sid, generation: session.generation, n }
}
