import type { Undeclared } from '@statewire/core'
import type { VuexCall } from './types.ts'

interface Each {
  readonly batch?: false
}
interface Batched {
  readonly batch: true
}

/**
 * Lets messages call a mutation of the application, after the rules of the same flush: once per message with its data, or with
 * `batch` once per flush with an array of data. A mutation that throws is a `problem` `CALLBACK`.
 *
 * @typeParam Payload What the mutation takes, if that is to be checked against the protocol. Vuex itself types no payloads.
 * @param mutation Its full name, such as `market/SET_TICKERS`. One the store does not have is a `problem` `NO_TARGET`.
 *
 * @example
 * wire: { ticker: commit('market/SET_TICKERS', { batch: true }), '*': commit('SET_MESSAGE') }
 */
export function commit<Payload = Undeclared>(mutation: string, options?: Each): VuexCall<NoInfer<Payload>, false>
export function commit<Payload = Undeclared>(mutation: string, options: Batched): VuexCall<NoInfer<Payload>, true>
export function commit(mutation: string, { batch = false }: Each | Batched = {}): VuexCall<Undeclared, boolean> {
  return Object.freeze({ kind: 'commit', call: mutation, batch })
}

/**
 * Lets messages call an action of the application, as `commit` does with mutations. An action that throws or rejects is a
 * `problem` `CALLBACK`.
 *
 * @typeParam Payload What the action takes, if that is to be checked against the protocol. Vuex itself types no payloads.
 * @param action Its full name, such as `alarms/ring`. One the store does not have is a `problem` `NO_TARGET`.
 *
 * @example
 * wire: { alarm: dispatch('alarms/ring') }
 */
export function dispatch<Payload = Undeclared>(action: string, options?: Each): VuexCall<NoInfer<Payload>, false>
export function dispatch<Payload = Undeclared>(action: string, options: Batched): VuexCall<NoInfer<Payload>, true>
export function dispatch(action: string, { batch = false }: Each | Batched = {}): VuexCall<Undeclared, boolean> {
  return Object.freeze({ kind: 'dispatch', call: action, batch })
}
