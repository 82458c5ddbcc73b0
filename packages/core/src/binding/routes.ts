import type { Envelope } from '../protocol/envelope.ts'
import type { BoundSink } from './bound-sink.ts'
import type { CompiledEntry } from './compile-wire.ts'
import { REPLAY_BYTES, REPLAY_TYPES } from './limits.ts'

/** One message type: who takes it, and its last message. */
export interface Route {
  readonly type: string
  /** Replaced, never changed: a delivery under way goes on over the targets it began with. */
  targets: readonly { readonly bound: BoundSink; readonly entry: CompiledEntry }[]
  /** Whether all targets only want the newest of its messages. */
  keepsLast: boolean
  last: Envelope | undefined
  bytes: number
  /** When its newest message arrived, in relation to other types. */
  order: number
  /** Frames that are not decoded yet, oldest first; newer than `last`. Undefined when there are none. */
  held: string[] | undefined
}

// Shared: of the types that nobody takes there may be many.
const NO_TARGETS: Route['targets'] = []
// Shared as well: nothing is ever added to the old ones.
const NO_ROUTES = new Map<string, Route>()

/**
 * Message type → takers, made at a type's first message. Bounded in number, as the server chooses the types: once they are too
 * many, those of which nothing came since the time before are forgotten together, which costs less than one for each new one.
 */
export class Routes {
  #young = new Map<string, Route>()
  #old = NO_ROUTES
  #bounds: readonly BoundSink[] = []
  /** What the last messages of the young ones hold. */
  #bytes = 0
  #order = 0
  #anyKeepsLast = false
  readonly #mayHold: (type: string) => boolean

  /** @param mayHold Whether frames of a type may stay undecoded. Asked once for each. @default none may */
  constructor(mayHold: (type: string) => boolean = () => false) {
    this.#mayHold = mayHold
  }

  /** False as long as no type can be conflated at all: then there is nothing to ask of a frame. */
  get anyKeepsLast(): boolean {
    return this.#anyKeepsLast
  }

  get bounds(): readonly BoundSink[] {
    return this.#bounds
  }

  of(type: string): Route {
    return this.#young.get(type) ?? this.#renew(type)
  }

  /** The route of a type that has been met before. */
  known(type: string): Route | undefined {
    return this.#young.get(type) ?? this.#old.get(type)
  }

  /** Notes that a message of the type arrived just now. */
  touch(route: Route): void {
    route.order = this.#order++
  }

  /** Keeps a message as its type's last one. One beyond the whole budget is not kept, nor then the one before it. */
  remember(route: Route, message: Envelope, bytes: number): void {
    const isKept = bytes <= REPLAY_BYTES
    const held = isKept ? bytes : 0
    this.#bytes += held - route.bytes
    route.last = isKept ? message : undefined
    route.bytes = held
    if (this.#bytes > REPLAY_BYTES) this.#age(route)
  }

  /** Adds a taker to every type it takes. */
  add(bound: BoundSink): void {
    this.#bounds = [...this.#bounds, bound]
    this.#anyKeepsLast = this.#bounds.some(keepsLast)
    for (const route of this.#all()) {
      const entry = bound.entryOf(route.type)
      if (entry) this.#direct(route, [...route.targets, { bound, entry }])
    }
  }

  remove(bound: BoundSink): void {
    this.#bounds = this.#bounds.filter((other) => other !== bound)
    this.#anyKeepsLast = this.#bounds.some(keepsLast)
    for (const route of this.#all()) {
      if (route.targets.some((target) => target.bound === bound)) {
        this.#direct(
          route,
          route.targets.filter((target) => target.bound !== bound),
        )
      }
    }
  }

  /** The last message of each type, oldest first. */
  remembered(): readonly Route[] {
    return this.#all()
      .filter(({ last }) => last)
      .sort((a, b) => a.order - b.order)
  }

  /** Forgets every last message. */
  forget(): void {
    // Routes without memory are made anew at the next message.
    this.#young.clear()
    this.#old = NO_ROUTES
    this.#bytes = 0
  }

  #all(): readonly Route[] {
    return [...this.#old.values(), ...this.#young.values()]
  }

  #renew(type: string): Route {
    const route = this.#old.get(type) ?? this.#open(type)
    this.#old.delete(type)
    this.#young.set(type, route)
    this.#bytes += route.bytes
    if (this.#young.size > REPLAY_TYPES) this.#age(route)
    return route
  }

  #open(type: string): Route {
    const route: Route = {
      type,
      targets: NO_TARGETS,
      keepsLast: false,
      last: undefined,
      bytes: 0,
      order: 0,
      held: undefined,
    }
    for (const bound of this.#bounds) {
      const entry = bound.entryOf(type)
      if (entry) this.#direct(route, [...route.targets, { bound, entry }])
    }
    return route
  }

  #direct(route: Route, targets: Route['targets']): void {
    route.targets = targets
    route.keepsLast = targets.length > 0 && this.#mayHold(route.type) && targets.every(({ entry }) => entry.keepsLast)
  }

  /**
   * Lets the young ones grow old, but for one, and forgets the old ones. Those stay that hold frames, which would land behind what
   * comes next: they are as few as the types that wires name.
   */
  #age(route: Route): void {
    const young = new Map([[route.type, route]])
    this.#bytes = route.bytes
    for (const old of this.#old.values()) {
      if (!old.held) continue
      young.set(old.type, old)
      this.#bytes += old.bytes
    }
    this.#old = this.#young
    this.#old.delete(route.type)
    this.#young = young
  }
}

function keepsLast({ wire }: BoundSink): boolean {
  for (const entry of wire.entries.values()) if (entry.keepsLast) return true
  return false
}
