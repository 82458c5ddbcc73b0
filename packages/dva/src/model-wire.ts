import type { Call, Rule, Undeclared } from '@statewire/core'
import type { DispatchCall } from './calls.ts'

/**
 * What of a model's options decides which names its wire may call. Inferred as all options at once, so that a model without reducers
 * is told from one whose reducers are not inferred yet.
 */
export interface OwnParts {
  // A member that is always there: models without the others would not fit an interface whose members are all optional.
  readonly namespace: string
  readonly reducers?: object
  readonly effects?: object
}

/**
 * Where messages land in a model: message type → rule, `dispatchEach`, `effect`, or several of them. `'*'` takes what no other entry
 * takes. Calls are checked against the model's own reducers and effects.
 */
export type ModelWire<State, Receive extends object, Own = OwnParts> = {
  readonly [Type in keyof Receive & string]?: ModelEntry<State, Receive[Type], Own>
} & { readonly '*'?: ModelEntry<State, Undeclared, Own> }

/** Rejects options and message types that are not known: a type parameter's members get no excess property check of their own. */
export type NoOthers<Own, Options, Receive> = {
  readonly [Name in Exclude<keyof Own, keyof Options>]: never
} & {
  readonly wire: { readonly [Type in Exclude<KeyOfWire<Own>, keyof Receive | '*'>]: never }
}

type KeyOfWire<Own> = Own extends { readonly wire: infer Parts } ? keyof Parts : never

/** Where one message type lands. */
export type ModelEntry<State, Data, Own = OwnParts> = Landing<State, Data, Own> | readonly Landing<State, Data, Own>[]

type Landing<State, Data, Own> = Rule<State, Data> | CallOf<Own, Data>

// While TypeScript infers the model, nothing more than its bounds is known; nor where its options were made elsewhere, as a record.
type CallOf<Own, Data> = [OwnParts] extends [Own]
  ? Call
  : string extends keyof (EffectPayloads<Own> & ReducerPayloads<Own>)
    ? Call
    : | CallTo<'effect', EffectPayloads<Own>, Data>
      | CallTo<'dispatchEach', EffectPayloads<Own> & ReducerPayloads<Own>, Data>

/** @typeParam Payloads Name → the payload it takes. */
type CallTo<Kind extends DispatchCall['kind'], Payloads, Data> =
  | CallWith<Kind, Payloads, { batch: false; data: Data }>
  | CallWith<Kind, Payloads, { batch: true; data: readonly Data[] }>

type CallWith<Kind extends DispatchCall['kind'], Payloads, Given extends { batch: boolean; data: unknown }> =
  | DispatchCall<Kind, NameTaking<Payloads, Given['data']> | OtherName, Given['batch'], undefined>
  | DispatchCall<Kind, OtherName, Given['batch'], (data: Given['data']) => unknown>
  | MakingCall<Kind, Payloads, Given>

type MakingCall<Kind extends DispatchCall['kind'], Payloads, Given extends { batch: boolean; data: unknown }> = {
  [Name in keyof Payloads & string]: DispatchCall<Kind, Name, Given['batch'], (data: Given['data']) => Payloads[Name]>
}[keyof Payloads & string]

/** Name of another model's reducer or effect, of which nothing is known. */
type OtherName = `${string}/${string}`

type NameTaking<Payloads, Data> = {
  [Name in keyof Payloads & string]: [Data] extends [Payloads[Name]] ? Name : never
}[keyof Payloads & string]

type ReducerPayloads<Own> = Own extends { readonly reducers?: infer Reducers }
  ? PayloadsOfReducers<FirstOf<NonNullable<Reducers>>>
  : {}

type PayloadsOfReducers<Reducers> = {
  [Name in keyof Reducers]: Reducers[Name] extends (state: never, action: infer Action) => void
    ? PayloadOf<Action>
    : unknown
}

type EffectPayloads<Own> = Own extends { readonly effects?: infer Effects }
  ? PayloadsOfEffects<NonNullable<Effects>>
  : {}

type PayloadsOfEffects<Effects> = {
  [Name in keyof Effects]: FirstOf<Effects[Name]> extends (action: infer Action, effects: never) => void
    ? PayloadOf<Action>
    : unknown
}

/** Of `[reducers, enhancer]` and `[generator function, { type }]`. */
type FirstOf<Part> = Part extends readonly [infer First, ...unknown[]] ? First : Part

type PayloadOf<Action> = Action extends { readonly payload?: unknown } ? Action['payload'] : unknown
