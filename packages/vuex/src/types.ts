import type { Call, Register, Rule, Undeclared } from '@statewire/core'
import type { SnapshotSource } from '@statewire/core/session'
import type { VuexStore } from './store.ts'

/** The root state that the application registered; anything goes while there is none. */
export type RegisteredState = Register extends { vuexState: infer Root } ? Root : Undeclared

/**
 * A root state as rules see it: flat, keys are paths. `count` is the root's own, `market/rows` is the key `rows` of the module
 * `market`. Typed two segments deep; at run time paths may be longer.
 */
export type WiredState<Root> = 0 extends 1 & Root ? Undeclared : Flat<Root>

type Flat<Root> = { [Path in PathOf<Root>]: At<Root, Path> }

type PathOf<Root> = {
  [Key in keyof Root & string]: Key | `${Key}/${KeyOf<NonNullable<Root[Key]>>}`
}[keyof Root & string]

// Arrays have methods and records have any key: neither is a module. Each member of a union on its own.
type KeyOf<Part> = Part extends readonly unknown[] | ((...args: never) => unknown)
  ? never
  : Part extends object
    ? string extends keyof Part
      ? never
      : keyof Part & string
    : never

type At<Root, Path> = Path extends keyof Root
  ? Root[Path]
  : Path extends `${infer Module}/${infer Key}`
    ? Module extends keyof Root
      ? Member<NonNullable<Root[Module]>, Key>
      : never
    : never

type Member<Part, Key> = Key extends keyof Part ? Part[Key] : never

/** A wire entry that calls a mutation or an action of the application. Made by `commit` and `dispatch`. */
export interface VuexCall<Payload, Batch extends boolean> extends Call {
  readonly kind: 'commit' | 'dispatch'
  readonly batch: Batch
  /** Exists for the compiler only. */
  readonly accepts?: (payload: Payload) => void
}

type Landing<Root, Data> = Rule<WiredState<Root>, Data> | VuexCall<Data, false> | VuexCall<readonly Data[], true>

/** Where one message type lands: a rule, a mutation or action of the application, or several of these. */
export type VuexEntry<Root, Data> = Landing<Root, Data> | readonly Landing<Root, Data>[]

/** Where messages land in a Vuex store: message type → entry. `'*'` takes what no other entry takes. */
export type VuexWire<Root, Receive extends object> = {
  readonly [Type in keyof Receive & string]?: VuexEntry<Root, Receive[Type]>
} & { readonly '*'?: VuexEntry<Root, Undeclared> }

export interface VuexStatewireOptions<Root, Receive extends object> {
  /**
   * Name of the module that holds the connection's state. Several clients on one store need one each.
   *
   * @default 'connection'
   */
  namespace?: string
  /** Where live messages land: message type → rule, `commit` or `dispatch`. @default nowhere */
  wire?: VuexWire<Root, Receive>
  /**
   * Where the messages of single topics land: topic → wire. Each stays subscribed while the plugin lives.
   * Needs a client with option `session`.
   *
   * @default none
   */
  channels?: Readonly<Record<string, VuexWire<Root, Receive>>>
  /**
   * How the values of single topics are loaded, and where they land: topic → `snapshot` of `@statewire/core/session`. Before a topic's
   * first message, and again after each resync. A topic that is named here only is subscribed as well.
   *
   * @default none
   */
  snapshots?: Readonly<Record<string, SnapshotSource<VuexEntry<Root, Undeclared>>>>
  /**
   * What wired state goes back to on sign-out, by path. Of use where a persistence plugin fills the store before this plugin
   * sees it, and for what rules that are functions write: the paths named here go back also before their first live change.
   *
   * @default for paths that rules declare, the values at the plugin's start; for others, those before the first live change
   */
  initial?: () => Partial<WiredState<Root>>
  /** Puts wired state back to its initial values on `client.signOut()` and when another user signs in. @default true */
  resetOnSignOut?: boolean
}

/** A plugin for Vuex 3 and 4. */
export interface VuexStatewirePlugin {
  (store: VuexStore): void
  /** Ends what the plugin does to its stores: nothing is committed after this, and state stays as it is. Idempotent. */
  stop(): void
}
