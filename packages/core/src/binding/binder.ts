import type { Clock } from '../env/clock.ts'
import type { Frames } from '../env/frames.ts'
import { invalidOption } from '../lib/assert.ts'
import type { StatewireError } from '../lib/errors.ts'
import type { FlushOption } from '../options.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { BoundSink } from './bound-sink.ts'
import { compileWire, type CompiledWire } from './compile-wire.ts'
import { HeldFrames } from './held-frames.ts'
import { Flusher } from './flusher.ts'
import { Routes, type Route } from './routes.ts'
import type { Binding, Sink } from './sink.ts'
import type { Wire } from './wire.ts'

export interface BinderDeps {
  /** When messages land; already checked. */
  readonly flush: FlushOption
  /** How long a flush may take before it lets the page have its turn, in milliseconds. */
  readonly budgetMs: number
  /** True while nobody can see the page: then a flush yields to nobody. */
  readonly hidden: () => boolean
  readonly clock: Clock
  readonly frames: Frames
  /** Hears of failing rules, sinks and calls, and of keys without a target. MUST NOT throw. */
  readonly report: (error: StatewireError) => void
  /** Whether frames of a type may stay undecoded: it is the application's alone. */
  readonly mayHold: (type: string) => boolean
  /** Decodes a frame that was held; undefined when it is no message of that type after all, which has been dealt with then. */
  readonly read: (frame: string, type: string) => Envelope | undefined
}

/** What a client's flushes have cost so far. */
export interface FlushStats {
  /** How many there were; one that yielded counts again when it goes on. */
  readonly flushes: number
  /** How many of them took too long and left work for the next frame. */
  readonly yields: number
  /** How long the last one took, stores and their subscribers included. */
  readonly lastFlushMs: number
  readonly longestFlushMs: number
  /** Frames that were overwritten before anybody decoded them. */
  readonly conflated: number
}

/** Names messages that are not meant for everybody: a topic, or a source of their own. */
export type Feed = string | symbol

/** Brings one client's messages to the stores that are bound to it. */
export class Binder {
  readonly #deps: BinderDeps
  readonly #flusher: Flusher
  /** Of bindings that take messages by type alone. */
  readonly #routes: Routes
  /** Of bindings that take the messages of one feed. */
  #feeds: Map<Feed, Routes> | undefined
  #bounds: readonly BoundSink[] = []
  readonly #held: HeldFrames
  /** Where a flush that yielded goes on. */
  #next: BoundSink | undefined
  #flushes = 0
  #yields = 0
  #lastFlushMs = 0
  #longestFlushMs = 0
  #disposed = false
  /** Raised by each reset: what is on its way then lands nowhere. */
  #era = 0

  constructor(deps: BinderDeps) {
    const { flush, clock, frames, read } = deps
    this.#deps = deps
    this.#routes = new Routes(deps.mayHold)
    this.#flusher = new Flusher({ flush, clock, frames, onFlush: () => this.#flush() })
    this.#held = new HeldFrames({
      read,
      // Whoever settles sees to the flush.
      onMessage: (message, bytes) => void this.#push(this.#routes.of(message.type), message, bytes),
    })
  }

  get stats(): FlushStats {
    return {
      flushes: this.#flushes,
      yields: this.#yields,
      lastFlushMs: this.#lastFlushMs,
      longestFlushMs: this.#longestFlushMs,
      conflated: this.#held.conflated,
    }
  }

  /**
   * Lets messages land in a sink. Rules with `replay` get the last message of their type in the first flush.
   * A binding of a disposed client is one that has ended.
   *
   * @param feed Take the messages of this feed only.
   * @throws {StatewireError} `INVALID_OPTION` for a wire entry that is neither a rule nor a call this sink can make.
   */
  bind<State, Receive extends object>(sink: Sink<State>, wire: Wire<NoInfer<State>, Receive>, feed?: Feed): Binding {
    const compiled = compileWire(wire)
    assertCallable(sink, compiled)
    const { budgetMs, clock, report } = this.#deps
    const bound = new BoundSink({ sink: sink as unknown as Sink, wire: compiled, clock, budgetMs, report })
    if (this.#disposed) bound.stop()
    else this.#add(bound, feed)
    return {
      pause: () => {
        // What arrived before belongs before what is held from now on.
        this.#held.settle()
        bound.pause()
      },
      resume: () => {
        if (bound.resume()) this.#flusher.request()
      },
      stop: () => {
        bound.stop()
        this.#remove(bound, feed)
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
    const era = this.#era
    const route = this.#routes.of(message.type)
    if (route.held) this.#held.settle()
    // Frames that cannot be read are reported, and the application may sign out then.
    if (era !== this.#era) return false
    this.#routes.touch(route)
    if (this.#push(route, message, bytes)) this.#flusher.add(bytes)
    return route.targets.length > 0
  }

  /** Hands a message to the takers of a feed, like `deliver`. */
  feed(feed: Feed, message: Envelope, bytes: number): void {
    const routes = this.#feeds?.get(feed)
    if (!routes) return
    const route = routes.of(message.type)
    routes.touch(route)
    if (this.#push(route, message, bytes, routes)) this.#flusher.add(bytes)
  }

  /** Whether any type's frames could be held; false saves looking at them. */
  get mayHold(): boolean {
    return this.#routes.anyKeepsLast && this.#deps.flush !== 'sync'
  }

  /**
   * Takes a frame in undecoded, if its type has been met before and all that its takers want is the newest message: it is
   * decoded with the next flush, unless a newer one of its type has come by then. Only to be asked where `mayHold` says so.
   *
   * @param size Characters that stay in memory with it: those of the frame that it is a part of, or none if another part is held.
   * @returns Whether it was taken; if not, decode and deliver it.
   */
  hold(type: string, frame: string, size: number): boolean {
    const route = this.#routes.known(type)
    if (!route?.keepsLast || this.#disposed) return false
    const { targets } = route
    for (let i = 0; i < targets.length; i++) if (targets[i]!.bound.paused) return false
    this.#routes.touch(route)
    this.#held.add(route, frame, size)
    this.#flusher.request()
    return true
  }

  /** Decodes what is left of the frames that are held. For moments after which they could not be read as what they are. */
  settle(): void {
    this.#held.settle()
  }

  /** Live state is void: drops what waits, forgets what `replay` would give, and puts every sink's state back. */
  reset(): void {
    this.#era += 1
    this.#flusher.cancel()
    this.#held.clear()
    this.#routes.forget()
    for (const routes of this.#feeds?.values() ?? []) routes.forget()
    const bounds = this.#bounds
    // All queues before any sink: a sink's subscribers may already cause new messages.
    for (const bound of bounds) bound.clear()
    for (const bound of bounds) if (!bound.stopped) bound.reset()
  }

  /** Ends every binding. Nothing is committed after this. Idempotent. */
  dispose(): void {
    this.#disposed = true
    this.#flusher.dispose()
    this.#held.clear()
    for (const bound of this.#bounds) {
      bound.stop()
      this.#routes.remove(bound)
    }
    this.#bounds = []
    this.#feeds = undefined
    this.#routes.forget()
  }

  #add(bound: BoundSink, feed: Feed | undefined): void {
    // Before it is bound: it takes what arrives from now on, and what `replay` gives it.
    this.#held.settle()
    const routes = this.#routesOf(feed)
    let waiting = false
    for (const { last, bytes } of routes.remembered()) {
      const entry = bound.entryOf(last!.type)?.replay
      if (!entry) continue
      bound.push(last!, entry, bytes)
      waiting = true
    }
    routes.add(bound)
    this.#bounds = [...this.#bounds, bound]
    if (waiting) this.#flusher.request()
  }

  #remove(bound: BoundSink, feed: Feed | undefined): void {
    this.#bounds = this.#bounds.filter((other) => other !== bound)
    if (feed === undefined) return this.#routes.remove(bound)
    const routes = this.#feeds?.get(feed)
    routes?.remove(bound)
    // What it remembers grows old once nobody takes it.
    if (routes?.bounds.length === 0) this.#feeds?.delete(feed)
  }

  #routesOf(feed: Feed | undefined): Routes {
    if (feed === undefined) return this.#routes
    const feeds = (this.#feeds ??= new Map<Feed, Routes>())
    const routes = feeds.get(feed) ?? new Routes()
    feeds.set(feed, routes)
    return routes
  }

  /** Hands a message to its takers. Returns whether one of them waits for a flush. */
  #push(route: Route, message: Envelope, bytes: number, routes: Routes = this.#routes): boolean {
    const { targets } = route
    const era = this.#era
    let waiting = false
    for (let i = 0; i < targets.length; i++) {
      const { bound, entry } = targets[i]!
      bound.push(message, entry, bytes)
      // A paused one reports what it drops.
      if (era !== this.#era) return false
      waiting ||= !bound.paused
    }
    routes.remember(route, message, bytes)
    return waiting
  }

  /** Returns false when it left work for later. */
  #flush(): boolean {
    const { clock, flush, budgetMs, hidden } = this.#deps
    const startedAt = clock.monotonic()
    this.#held.settle()
    const bounds = this.#bounds
    for (const bound of bounds) bound.cut()
    const untilAt = flush === 'sync' || hidden() ? Infinity : startedAt + budgetMs
    const done = this.#work(bounds, () => clock.monotonic() > untilAt)
    this.#flushes += 1
    if (!done) this.#yields += 1
    this.#lastFlushMs = clock.monotonic() - startedAt
    this.#longestFlushMs = Math.max(this.#longestFlushMs, this.#lastFlushMs)
    return done
  }

  #work(bounds: readonly BoundSink[], isLate: () => boolean): boolean {
    const first = this.#next ? Math.max(0, bounds.indexOf(this.#next)) : 0
    this.#next = undefined
    let begun = false
    for (let i = 0; i < bounds.length; i++) {
      const bound = bounds[(first + i) % bounds.length]!
      while (bound.due) {
        // At least one step each time, or a flush that can do nothing in time would never end.
        if (begun && isLate()) {
          this.#next = bound
          return false
        }
        begun = true
        bound.step()
      }
    }
    return true
  }
}

function assertCallable(sink: Pick<Sink, 'call'>, { entries, rest }: CompiledWire): void {
  if (sink.call) return
  for (const { type, calls } of [...entries.values(), ...(rest ? [rest] : [])]) {
    if (calls[0]) throw invalidOption(`wire.${type}`, 'a rule (this store makes no calls)', calls[0].call)
  }
}
