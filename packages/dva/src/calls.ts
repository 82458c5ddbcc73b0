import type { Call, Undeclared } from '@statewire/core'

export interface DispatchOptions {
  /** True: once per flush with an array of data. @default false: once per message */
  readonly batch?: boolean
  /** Makes the action's payload from the data (with `batch`: from the array). @default the data itself */
  readonly payload?: (data: Undeclared) => unknown
}

/** A wire entry that dispatches an action. Made by `dispatchEach` and `effect`. */
export interface DispatchCall extends Call {
  readonly kind: 'dispatchEach' | 'effect'
  readonly payload: ((data: Undeclared) => unknown) | undefined
}

/**
 * Lets messages reach a reducer of the application, after the state of the same flush was committed: dispatches
 * `{ type, payload: data }` once per message, or with `batch` once per flush. Each of them notifies every `connect`, so prefer a rule.
 *
 * @param action One of the model's own reducers or effects by its short name, or another model's as `other/add`. A name the model
 * does not have is a `problem` `NO_TARGET`; whether another model has one cannot be known.
 *
 * @example
 * wire: { notice: dispatchEach('add'), alarm: dispatchEach('alarms/ring', { batch: true }) }
 */
export function dispatchEach(action: string, options: DispatchOptions = {}): DispatchCall {
  return callOf('dispatchEach', action, options)
}

/**
 * Lets messages start an effect of the application, after the state of the same flush was committed. An effect costs four
 * actions, six with dva-loading; it is for what takes time or talks to a server. One that rejects is a `problem` `CALLBACK`,
 * if the application has an `onError` (`dva({ onError })`). Without one, dva's own handler throws in the saga: no effect of that
 * model runs again, and the client is not told.
 *
 * @param name One of the model's own effects, or another model's as `other/fetch`. A name the model does not have is a `problem`
 * `NO_TARGET`; whether another model has one cannot be known.
 *
 * @example
 * wire: { monitorCPU: effect('fetch', { payload: (listData) => ({ listData }) }) }
 */
export function effect(name: string, options: DispatchOptions = {}): DispatchCall {
  return callOf('effect', name, options)
}

function callOf(kind: DispatchCall['kind'], call: string, { batch = false, payload }: DispatchOptions): DispatchCall {
  return Object.freeze({ kind, call, batch, payload })
}
