import type { Undeclared } from '../protocol/define-protocol.ts'
import type { Call } from './sink.ts'

/**
 * Says what a type's messages change: given the state and all the data of one flush in wire order, returns the changed keys.
 * MUST be pure and copy-on-write. Any such function is a rule; `latest`, `append`, `upsert` and `remove` make the common ones.
 */
export interface Rule<State, Data> extends Partial<RuleTraits> {
  (state: State, messages: readonly Data[]): Partial<State>
}

/** What the built-in rules tell about themselves. A rule without `keys` may touch any key. */
export interface RuleTraits {
  /** The only state keys the rule reads and writes. */
  readonly keys: readonly string[]
  /** The last message of the type is enough: earlier ones of the same flush need not be looked at. */
  readonly lastOnly: boolean
  /** A store created later gets the last message at once. */
  readonly replay: boolean
}

/** Where one message type lands. */
export type WireEntry<State, Data> = Rule<State, Data> | Call | readonly (Rule<State, Data> | Call)[]

/** Where messages land: message type → entry. `'*'` takes what no other entry of the same wire takes. */
export type Wire<State, Receive extends object> = {
  readonly [Type in keyof Receive & string]?: WireEntry<State, Receive[Type]>
} & { readonly '*'?: WireEntry<State, Undeclared> }
