import type { BindOptions, Call, RegisteredTypes, Undeclared, Wire } from '@statewire/core'
import { invalidOption } from './invalid-option.ts'
import type { FromPart } from './types.ts'

/** A wire entry that calls an action of the store. Made by `action`. */
export interface ActionCall<Name extends string = string, Batch extends boolean = boolean> extends Call {
  readonly call: Name
  readonly kind: 'action'
  readonly batch: Batch
}

/**
 * Lets messages call an action of the store, after the state of the same flush was committed: once per message with its data, or
 * with `batch` once per flush with an array of data. An action that throws or rejects is a `problem` `CALLBACK`.
 *
 * @param name The action's name. In `wire`, one the store does not have, or that does not take such data, is a compile error; where
 * TypeScript does not look, it is a `problem` `NO_TARGET`.
 * @throws {StatewireError} `INVALID_OPTION` when the options are wrong.
 *
 * @example
 * wire: { alarm: action('ring') }
 */
export function action<const Name extends string>(
  name: Name,
  options?: { readonly batch?: false },
): ActionCall<Name, false>
export function action<const Name extends string>(name: Name, options: { readonly batch: true }): ActionCall<Name, true>
export function action(name: string, options: { readonly batch?: boolean } = {}): ActionCall {
  if (typeof options !== 'object' || options === null) throw invalidOption('action', 'a name and an object', options)
  const { batch = false } = options
  if (typeof batch !== 'boolean') throw invalidOption('action.batch', 'true or false', batch)
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

export interface FromChannelOptions<Name extends string = string> {
  /** The client's name, as the plugin knows it. @default the client called `default`, or the only one */
  readonly client?: Name
  /** Loads the topic's value before its first message, and again after each resync. Made by `snapshot` of `@statewire/core/session`. */
  readonly snapshot?: NonNullable<BindOptions['snapshot']>
}

/**
 * A part of a store's `wire` that takes the messages of one topic only, and keeps it subscribed while the store lives. Needs a
 * client with option `session`. Functions in it are typed as in `from`.
 *
 * @throws {StatewireError} At the store's creation: `UNSUPPORTED` without option `session`, `INVALID_OPTION` for what is no topic.
 *
 * @example
 * wire: [fromChannel('room:1', { say: append('log', { limit: 300 }) })]
 */
export function fromChannel<const Parts extends Wire<Undeclared, ReceiveOf<'default'>>>(
  topic: string,
  wire: Parts,
  options?: FromChannelOptions & { readonly client?: never },
): FromPart<'default', Known<Parts, ReceiveOf<'default'>>>
export function fromChannel<const Name extends string, const Parts extends Wire<Undeclared, ReceiveOf<Name>>>(
  topic: string,
  wire: Parts,
  options: FromChannelOptions<Name> & { readonly client: Name },
): FromPart<Name, Known<Parts, ReceiveOf<Name>>>
export function fromChannel(
  channel: string,
  wire: object,
  options: FromChannelOptions = {},
): FromPart<string, object, boolean> {
  if (typeof channel !== 'string') throw invalidOption('fromChannel', 'a topic and an object of message types', channel)
  const { client, snapshot } = options
  // Without a name: whichever client the plugin takes for the default one.
  return Object.freeze({ kind: 'from', client: client as string, wire, channel, ...(snapshot ? { snapshot } : {}) })
}

type ReceiveOf<Name extends string> = RegisteredTypes<Name>['receive']

// Checked in the result: in the parameter it would cost the wire's functions their parameter types.
type Known<Parts, Receive> = [Exclude<keyof Parts, keyof Receive | '*'>] extends [never]
  ? Parts
  : { readonly '*': `The client does not receive "${Exclude<keyof Parts, keyof Receive | '*'> & string}"` }
