import type {
  AnyProtocolTypes,
  BindOptions,
  ClientName,
  Missed,
  Register,
  RegisteredTypes,
  Rule,
  Undeclared,
} from '@statewire/core'
import type { _StoreWithState, StateTree } from 'pinia'
import type { Ref } from 'vue'
import type { ActionCall } from './entries.ts'

/** A store's state as rules see it: setup stores' refs unwrapped. */
export type WiredState<State> = {
  // `as Key`, so that a store's state is never inferred from its wire.
  [Key in keyof State as Key]: State[Key] extends Ref<infer Value> ? Value : State[Key]
}

/**
 * Names of a store's own actions that take such a payload. Any name where there are no actions: while TypeScript infers an options
 * object it looks at it once without the actions that use `this`, and a wire refused then is refused for good.
 */
export type ActionName<Store, Payload> = [keyof ActionsOf<Store>] extends [never]
  ? string
  : NameOf<ActionsOf<Store>, Payload>

// Not keys of the store itself: getters and state may be functions, too.
type ActionsOf<Store> =
  Store extends _StoreWithState<string, infer _State, infer _Getters, infer Actions> ? Actions : never

type NameOf<Actions, Payload> = string &
  { [Key in keyof Actions]: Actions[Key] extends Takes<Payload> ? Key : never }[keyof Actions]

// `void`, as only that is compared without asking what the action returns: it may depend on the store, which is being inferred.
type Takes<Payload> = (payload: Payload) => void

/** Where one message type lands: a rule, an action, or several of both. */
export type StoreEntry<State, Store, Data> = Landing<State, Store, Data> | readonly Landing<State, Store, Data>[]

type Landing<State, Store, Data> =
  | Rule<WiredState<State>, Data>
  | ActionCall<ActionName<Store, Data>, false>
  | ActionCall<ActionName<Store, readonly Data[]>, true>

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
  /** Only messages of this topic. Set by `fromChannel`. */
  readonly channel?: string
  readonly snapshot?: BindOptions['snapshot']
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
  /**
   * Calls a function when messages of a channel of this store's are missing for good; what was shown of it may be outdated. With
   * a `snapshot` the store mends itself. Returns what ends it.
   */
  onResync(listener: (resync: Missed) => unknown): () => void
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
     * What wired keys go back to on sign-out and, in setup stores, on `$reset`; called at each of these. Keys it leaves out go back to
     * their default. Name here what only function rules write and persistence or hydration fills: a function does not say its
     * keys, so without this they go back only once a message has changed them. Also of use to setup stores hydrated from a
     * server-rendered page, whose first value is not their initial one. If it throws, that is a `problem` `CALLBACK`, and the
     * defaults hold.
     *
     * @default option stores: `state()`; setup stores: the values they were created with
     */
    wireInitial?: () => Partial<WiredState<S>>
  }

  interface PiniaCustomProperties {
    /** Pauses, resumes and ends what `wire` started. */
    readonly $wire: WireControl
    /**
     * Puts the state back to its initial values. Option stores: all of it, to `state()`, as Pinia does. Setup stores with a `wire`: the
     * wired keys, to `wireInitial` or what they were created with, unless they have a `$reset` of their own. Other setup stores
     * have none: Pinia throws.
     */
    $reset(): void
  }
}
