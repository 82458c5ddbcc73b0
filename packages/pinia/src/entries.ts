import type { Call, RegisteredTypes, Undeclared, Wire } from '@statewire/core'
import type { FromPart } from './types.ts'

/** A wire entry that calls an action of the store. Made by `action`. */
export interface ActionCall<Name extends string = string> extends Call {
  readonly call: Name
  readonly kind: 'action'
}

/**
 * Lets messages call an action of the store, after the state of the same flush was committed: once per message with its data, or
 * with `batch` once per flush with an array of data. An action that throws or rejects is a `problem` `CALLBACK`.
 *
 * @param name The action's name. One the store does not have is a `problem` `NO_TARGET`.
 *
 * @example
 * wire: { alarm: action('ring') }
 */
export function action<const Name extends string>(
  name: Name,
  { batch = false }: { readonly batch?: boolean } = {},
): ActionCall<Name> {
  return Object.freeze({ kind: 'action', call: name, batch })
}

/**
 * Says which client a part of a store's `wire` listens to, for stores that are fed by several. Inside it, a function's `state` is
 * untyped (annotate it); what the function returns is checked.
 *
 * @param client The client's name, as the plugin knows it.
 *
 * @example
 * wire: [from('market', { ticker: latest('ticker') }), from('default', { notice: append('notices') })]
 */
export function from<const Name extends string, const Parts extends Wire<Undeclared, ReceiveOf<Name>>>(
  client: Name,
  wire: Parts,
): FromPart<Name, Known<Parts, ReceiveOf<Name>>>
export function from(client: string, wire: object): FromPart<string, object, boolean> {
  return Object.freeze({ kind: 'from', client, wire })
}

type ReceiveOf<Name extends string> = RegisteredTypes<Name>['receive']

// Checked in the result: in the parameter it would cost the wire's functions their parameter types.
type Known<Parts, Receive> = [Exclude<keyof Parts, keyof Receive | '*'>] extends [never]
  ? Parts
  : { readonly '*': `The client does not receive "${Exclude<keyof Parts, keyof Receive | '*'> & string}"` }
