import type { Envelope } from '../protocol/envelope.ts'

/** What a store can do, and what its state is made of. */
export interface ApplyOptions {
  /** Some values may be changes of the one that is there, and `land` puts each in its place. @default false */
  readonly inPlace?: boolean | undefined
  /** Gives what a property of the state stands for (what is in a ref, behind a proxy); asked about what rules look at only. @default the value itself */
  readonly unwrap?: ((value: unknown) => unknown) | undefined
}

/** The messages of one flush, and what they make of the state. */
export interface Batch<State = Record<string, unknown>> {
  /** Messages of this flush that rules take, in wire order; of types of which only the newest can be seen, just that one, where the first came. Never empty. */
  readonly messages: readonly Envelope[]
  /**
   * Computes what changes. Pure: reads only `state`, never writes to it, and may be called again.
   * Returns the changed keys only. A rule that throws is left out and reported as a `problem`.
   */
  apply(state: State, how?: ApplyOptions): Partial<State>
}

/** What a channel tells when messages are missing for good. */
export interface Missed {
  readonly topic: string
  /** As the server says: `trimmed`, `epoch`, `slow`, … */
  readonly why: string
}

/** Where a binding writes: one store, model or module. */
export interface Sink<State = Record<string, unknown>> {
  /** The store's name in problems. */
  readonly name: string
  /** Applies a batch as ONE store notification. MUST NOT keep the batch. */
  commit(batch: Batch<State>): void
  /** Puts wired state back to its initial value (sign-out, change of user) as one store notification. */
  reset(): void
  /**
   * Hears that messages of the binding's channel are missing for good: what was shown of it may be outdated. With a snapshot it
   * is not needed: a new one is on its way.
   */
  resync?(resync: Missed): void
  /** Calls an action, mutation or effect the application declared in `wire`; with one message's data, or with all of a flush. */
  call?(call: Call, data: unknown): void
}

/** A wire entry that calls the application instead of writing state. Made by the adapters: action, commit, dispatchEach, effect. */
export interface Call {
  readonly call: string
  /** The adapter's own word for what is called. */
  readonly kind: string
  /** True: once per flush with an array of data. False: once per message. */
  readonly batch: boolean
}

/** What `client.bind` returns. */
export interface Binding {
  /** Holds messages back (they are kept, within the flush limits, and land on `resume`). */
  pause(): void
  resume(): void
  /** Ends the binding: nothing is committed after this. Idempotent. */
  stop(): void
}
