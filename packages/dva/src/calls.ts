import type { Call, Undeclared } from '@statewire/core'
import { invalidOption } from './invalid-option.ts'

/** Makes an action's payload from a message's data. */
export type MakePayload = (data: Undeclared) => unknown

export interface DispatchOptions<
  Batch extends boolean = boolean,
  Make extends MakePayload | undefined = MakePayload | undefined,
> {
  /** True: once per flush with an array of data. @default false: once per message */
  readonly batch?: Batch
  /** Makes the action's payload from the data (with `batch`: from the array). @default the data itself */
  readonly payload?: Make
}

/** A wire entry that dispatches an action. Made by `dispatchEach` and `effect`. */
export interface DispatchCall<
  Kind extends 'dispatchEach' | 'effect' = 'dispatchEach' | 'effect',
  Name extends string = string,
  Batch extends boolean = boolean,
  Make extends MakePayload | undefined = MakePayload | undefined,
> extends Call {
  readonly kind: Kind
  readonly call: Name
  readonly batch: Batch
  readonly payload: Make
}

// In both, NoInfer where the call is returned: what it makes must not be guessed from the wire it stands in.

/**
 * Lets messages reach a reducer of the application, after the state of the same flush was committed: dispatches
 * `{ type, payload: data }` once per message, or with `batch` once per flush. Each of them notifies every `connect`, so prefer a rule.
 *
 * @param action One of the model's own reducers or effects by its short name, or another model's as `other/add`. In a `wire`, a name
 * the model does not have, or one whose action declares another payload, is a compile error; where TypeScript does not look, it is a
 * `problem` `NO_TARGET`. Whether another model has one cannot be known.
 * @throws {StatewireError} `INVALID_OPTION` when an option is wrong.
 *
 * @example
 * wire: { notice: dispatchEach('add'), alarm: dispatchEach('alarms/ring', { batch: true }) }
 */
export function dispatchEach<const Name extends string, Batch extends boolean = false>(
  action: Name,
  options?: DispatchOptions<Batch, undefined>,
): DispatchCall<'dispatchEach', NoInfer<Name>, NoInfer<Batch>, undefined>
export function dispatchEach<const Name extends string, Make extends MakePayload, Batch extends boolean = false>(
  action: Name,
  options: DispatchOptions<Batch, Make> & { readonly payload: Make },
): DispatchCall<'dispatchEach', NoInfer<Name>, NoInfer<Batch>, NoInfer<Make>>
export function dispatchEach(action: string, options: DispatchOptions = {}): DispatchCall {
  return callOf('dispatchEach', action, options)
}

/**
 * Lets messages start an effect of the application, after the state of the same flush was committed. An effect costs four
 * actions, six with dva-loading; it is for what takes time or talks to a server. One that rejects is a `problem` `CALLBACK`,
 * if the application has an `onError` (`dva({ onError })`). Without one, dva's own handler throws in the saga: no effect of that
 * model runs again, and the client is not told.
 *
 * @param name One of the model's own effects, or another model's as `other/fetch`. Checked as the names of `dispatchEach` are.
 * @throws {StatewireError} `INVALID_OPTION` when an option is wrong.
 *
 * @example
 * wire: { monitorCPU: effect('fetch', { payload: (listData) => ({ listData }) }) }
 */
export function effect<const Name extends string, Batch extends boolean = false>(
  name: Name,
  options?: DispatchOptions<Batch, undefined>,
): DispatchCall<'effect', NoInfer<Name>, NoInfer<Batch>, undefined>
export function effect<const Name extends string, Make extends MakePayload, Batch extends boolean = false>(
  name: Name,
  options: DispatchOptions<Batch, Make> & { readonly payload: Make },
): DispatchCall<'effect', NoInfer<Name>, NoInfer<Batch>, NoInfer<Make>>
export function effect(name: string, options: DispatchOptions = {}): DispatchCall {
  return callOf('effect', name, options)
}

function callOf(kind: DispatchCall['kind'], call: string, options: DispatchOptions): DispatchCall {
  if (typeof call !== 'string' || call === '') throw invalidOption(`${kind}.name`, 'a name', call)
  if (typeof options !== 'object' || options === null) throw invalidOption(kind, 'a name and an object', options)
  const { batch = false, payload } = options
  if (typeof batch !== 'boolean') throw invalidOption(`${kind}.batch`, 'true or false', batch)
  if (payload !== undefined && typeof payload !== 'function')
    throw invalidOption(`${kind}.payload`, 'a function', payload)
  return Object.freeze({ kind, call, batch, payload })
}
