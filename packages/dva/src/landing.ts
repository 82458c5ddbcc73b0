import {
  compileRules,
  landingWire,
  type AnyWire,
  type Batch,
  type CompiledRules,
  type Envelope,
  type TopicPart,
} from '@statewire/core'
import { callsAndRules } from './wire-parts.ts'
import type { Action, Reducer } from './types.ts'

/** Short names of the two actions that write live state: one for each flush, one on sign-out. */
export const ACTIONS = { messages: 'statewireMessages', reset: 'statewireReset' } as const

type State = Record<string, unknown>

/** What an action that lands messages carries. */
export interface Landed {
  readonly messages: readonly Envelope[]
  /** Where the messages are those of one topic. */
  readonly channel?: string
}

export interface LandingOptions {
  readonly namespace: string
  readonly state: State
  readonly wire: AnyWire
  readonly topics: readonly TopicPart[]
  /** Keys that rules write without declaring them. */
  readonly wired: readonly string[]
}

/**
 * Where messages become state: a reducer around the model's own. An action carries its messages as plain data, so running it
 * again gives the same state: Redux DevTools runs all its actions again whenever dva adds a model.
 */
export class Landing {
  readonly #types: { readonly messages: string; readonly reset: string }
  readonly #initial: State
  readonly #rules: CompiledRules<State>
  readonly #channelRules: ReadonlyMap<string, CompiledRules<State>>
  /** Keys that messages may have changed: those that rules or the application declare, and those seen in a commit. */
  readonly #wired: Set<string>
  // By the messages that an action carries. Says more than they do: failures, and what was replayed to a store that came late.
  readonly #batches = new WeakMap<readonly Envelope[], Batch>()

  /** @throws {StatewireError} `INVALID_OPTION` for a wire entry that is neither a rule nor a call. */
  constructor({ namespace, state, wire, topics, wired }: LandingOptions) {
    const wires = [wire, ...topics.map(landingWire)]
    this.#types = { messages: `${namespace}/${ACTIONS.messages}`, reset: `${namespace}/${ACTIONS.reset}` }
    this.#initial = state
    this.#rules = compileRules<State, object>(wire)
    this.#channelRules = new Map(topics.map((part) => [part.channel, compileRules<State, object>(landingWire(part))]))
    this.#wired = new Set([...wired, ...wires.flatMap(callsAndRules).flatMap(({ rule }) => rule?.keys ?? [])])
  }

  /** Payload of the action that lands a batch. */
  messagesOf(batch: Batch, channel: string | undefined): Landed {
    this.#batches.set(batch.messages, batch)
    return { messages: batch.messages, ...(channel === undefined ? {} : { channel }) }
  }

  /** Payload of the action that puts wired keys back. */
  resetKeys(): { readonly keys: readonly string[] } {
    return { keys: [...this.#wired] }
  }

  /** Wraps the reducer that dva made of the model's own ones. It never sees live actions, so dva-immer never drafts a series. */
  readonly enhance = (own: Reducer): Reducer => {
    return (state: State | undefined, action: Action): unknown => {
      if (state === undefined) return own(state, action)
      switch (action.type) {
        case this.#types.messages:
          return merged(state, this.#apply(state, action['payload'] as Landed))
        case this.#types.reset:
          return merged(state, this.#initialOf((action['payload'] as { keys: readonly string[] }).keys))
        default:
          return own(state, action)
      }
    }
  }

  #apply(state: State, { messages, channel }: Landed): State {
    const batch = this.#batches.get(messages)
    const rules = channel === undefined ? this.#rules : this.#channelRules.get(channel)
    const changes = (batch ? batch.apply(state) : rules?.(state, messages)) ?? {}
    for (const key of Object.keys(changes)) this.#wired.add(key)
    return changes
  }

  #initialOf(keys: readonly string[]): State {
    const known = keys.filter((key) => Object.prototype.hasOwnProperty.call(this.#initial, key))
    return Object.fromEntries(known.map((key) => [key, this.#initial[key]]))
  }
}

function merged(state: State, changes: State): State {
  const isSame = Object.keys(changes).every((key) => Object.is(state[key], changes[key]))
  return isSame ? state : { ...state, ...changes }
}
