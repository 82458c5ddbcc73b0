import type { AnyProtocolTypes, ClientName, Register, RegisteredTypes, Rule, Undeclared } from '@statewire/core'
import type { StateTree } from 'pinia'
import type { Ref } from 'vue'
import type { ActionCall } from './entries.ts'

/** A store's state as rules see it: setup stores' refs unwrapped. */
export type WiredState<State> = { [Key in keyof State]: State[Key] extends Ref<infer Value> ? Value : State[Key] }

/** Names of a store's own actions. */
export type ActionName<Store> = string &
  { [Key in keyof Store]: Key extends `$${string}` ? never : Store[Key] extends Action ? Key : never }[keyof Store]

// The only type every function is assignable to, whatever its parameters.
type Action = (...args: never) => unknown

/** Where one message type lands: a rule, an action, or several of both. */
export type StoreEntry<State, Store, Data> = Landing<State, Store, Data> | readonly Landing<State, Store, Data>[]

type Landing<State, Store, Data> = Rule<WiredState<State>, Data> | ActionCall<ActionName<Store>>

/** Where a client's messages land in a store: message type → entry. `'*'` takes what no other entry takes. */
export type StoreWire<State, Store, Receive> = {
  readonly [Type in keyof Receive & string]?: StoreEntry<State, Store, Receive[Type]>
} & { readonly '*'?: StoreEntry<State, Store, Undeclared> }

/** A part of a store's wire, and the client it listens to. Made by `from`, which does not know the store: that is checked here. */
export type WireFrom<State, Store> =
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- never only here, where nothing is registered
  | DeclaredFrom<State, Store, RegisteredName>
  | FromPart<string, StoreWire<State, Store, AnyProtocolTypes['receive']>, false>

// One member for each name.
type DeclaredFrom<State, Store, Name extends string> = Name extends unknown
  ? FromPart<Name, StoreWire<State, Store, RegisteredTypes<Name>['receive']>, true>
  : never

/** Made by `from`. */
export interface FromPart<Name extends string, Parts, Declared extends boolean = IsRegistered<Name>> {
  readonly kind: 'from'
  readonly client: Name
  readonly wire: Parts
  /** Whether the client's protocol is registered. Exists for the compiler only. */
  readonly declared?: Declared
}

type IsRegistered<Name extends string> = Name extends RegisteredName ? true : false

/**
 * The message types a plain `wire` may name: those of the registered protocols. Any type while none is registered for the default
 * client. (An options object cannot be typed by its own `wireClient`, so all protocols count; `from` is exact.)
 */
export type WireReceive = 'default' extends RegisteredName
  ? Merged<ReceiveOf<RegisteredName>>
  : AnyProtocolTypes['receive']

type RegisteredName = Register extends { protocols: infer Protocols } ? keyof Protocols & string : never
type ReceiveOf<Name extends string> = Name extends unknown ? RegisteredTypes<Name>['receive'] : never
type KeyOf<Part> = Part extends unknown ? keyof Part : never
type Merged<Parts> = {
  readonly [Type in KeyOf<Parts>]: Parts extends { readonly [Key in Type]: infer Data } ? Data : never
}

/** What holds a store's wired messages back, and ends them. On every store as `$wire`. */
export interface WireControl {
  /** Holds messages back; they are kept, within the flush limits, and land on `resume`. */
  pause(): void
  resume(): void
  /** Ends the store's wire for good: nothing is committed after this. Idempotent. */
  stop(): void
}

declare module 'pinia' {
  interface DefineStoreOptionsBase<S extends StateTree, Store> {
    /** Where live messages land in this store: message type → rule. Several clients: `[from('name', { … }), …]`. */
    wire?: StoreWire<S, Store, WireReceive> | WireFrom<S, Store> | readonly WireFrom<S, Store>[]
    /**
     * Name of the client that `wire` listens to.
     *
     * @default the client called `default`, or the only one
     */
    wireClient?: ClientName
    /**
     * What wired keys go back to on sign-out and `$reset`. Of use to setup stores that are hydrated from a server-rendered page,
     * whose first value is not their initial one.
     *
     * @default option stores: `state()`; setup stores: the values they were created with
     */
    wireInitial?: () => Partial<WiredState<S>>
  }

  interface PiniaCustomProperties {
    /** Pauses, resumes and ends what `wire` started. */
    readonly $wire: WireControl
  }
}
