import type { Clock } from '../env/clock.ts'
import type { Frames } from '../env/frames.ts'
import { invalidOption } from '../lib/assert.ts'
import type { StatewireError } from '../lib/errors.ts'
import type { FlushOption } from '../options.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { BoundSink } from './bound-sink.ts'
import { compileWire, type CompiledWire } from './compile-wire.ts'
import { Flusher } from './flusher.ts'
import { Routes } from './routes.ts'
import type { Binding, Sink } from './sink.ts'
import type { Wire } from './wire.ts'

export interface BinderDeps {
  /** When messages land; already checked. */
  readonly flush: FlushOption
  readonly clock: Clock
  readonly frames: Frames
  /** Hears of failing rules, sinks and calls, and of keys without a target. MUST NOT throw. */
  readonly report: (error: StatewireError) => void
}

/** Brings one client's messages to the stores that are bound to it. */
export class Binder {
  readonly #report: (error: StatewireError) => void
  readonly #flusher: Flusher
  readonly #routes = new Routes()
  #disposed = false

  constructor({ flush, clock, frames, report }: BinderDeps) {
    this.#report = report
    this.#flusher = new Flusher({ flush, clock, frames, onFlush: () => this.#flush() })
  }

  /**
   * Lets messages land in a sink. Rules with `replay` get the last message of their type in the first flush.
   * A binding of a disposed client is one that has ended.
   *
   * @throws {StatewireError} `INVALID_OPTION` for a wire entry that is neither a rule nor a call this sink can make.
   */
  bind<State, Receive extends object>(sink: Sink<State>, wire: Wire<NoInfer<State>, Receive>): Binding {
    const compiled = compileWire(wire)
    assertCallable(sink, compiled)
    const bound = new BoundSink({ sink: sink as unknown as Sink, wire: compiled, report: this.#report })
    if (this.#disposed) bound.stop()
    else this.#add(bound)
    return {
      pause: () => bound.pause(),
      resume: () => {
        if (bound.resume()) this.#flusher.request()
      },
      stop: () => {
        bound.stop()
        this.#routes.remove(bound)
      },
    }
  }

  /**
   * Hands a message to its takers, to land with the next flush; may flush before it returns.
   *
   * @param bytes What the message holds in memory; two for each character of text.
   * @returns Whether anybody takes messages of this type.
   */
  deliver(message: Envelope, bytes: number): boolean {
    if (this.#disposed) return false
    const route = this.#routes.of(message.type)
    const { targets } = route
    let waiting = false
    for (let i = 0; i < targets.length; i++) {
      const { bound, entry } = targets[i]!
      bound.push(message, entry, bytes)
      waiting ||= !bound.paused
    }
    this.#routes.remember(route, message, bytes)
    if (waiting) this.#flusher.add(bytes)
    return targets.length > 0
  }

  /** Live state is void: drops what waits, forgets what `replay` would give, and puts every sink's state back. */
  reset(): void {
    this.#flusher.cancel()
    this.#routes.forget()
    const { bounds } = this.#routes
    // All queues before any sink: a sink's subscribers may already cause new messages.
    for (const bound of bounds) bound.clear()
    for (const bound of bounds) if (!bound.stopped) bound.reset()
  }

  /** Ends every binding. Nothing is committed after this. Idempotent. */
  dispose(): void {
    this.#disposed = true
    this.#flusher.dispose()
    for (const bound of this.#routes.bounds) {
      bound.stop()
      this.#routes.remove(bound)
    }
    this.#routes.forget()
  }

  #add(bound: BoundSink): void {
    let waiting = false
    for (const { last, bytes } of this.#routes.remembered()) {
      const entry = bound.entryOf(last!.type)?.replay
      if (!entry) continue
      bound.push(last!, entry, bytes)
      waiting = true
    }
    this.#routes.add(bound)
    if (waiting) this.#flusher.request()
  }

  #flush(): void {
    const { bounds } = this.#routes
    for (const bound of bounds) bound.cut()
    for (const bound of bounds) bound.flush()
  }
}

function assertCallable(sink: Pick<Sink, 'call'>, { entries, rest }: CompiledWire): void {
  if (sink.call) return
  for (const { type, calls } of [...entries.values(), ...(rest ? [rest] : [])]) {
    if (calls[0]) throw invalidOption(`wire.${type}`, 'a rule (this store makes no calls)', calls[0].call)
  }
}
