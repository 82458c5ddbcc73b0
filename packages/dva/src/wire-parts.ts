import type { BindOptions, Rule, Undeclared, Wire } from '@statewire/core'
import type { DispatchCall } from './calls.ts'

/** A wire whose types were checked where it was written. */
export type AnyWire = Wire<Record<string, unknown>, Record<string, Undeclared>>

export interface WirePart {
  readonly type: string
  readonly rule?: Rule<Record<string, unknown>, Undeclared>
  readonly call?: DispatchCall
}

/** Lists every rule and call of a wire. What is neither passes by here: core refuses it. */
export function callsAndRules(wire: AnyWire): WirePart[] {
  return Object.entries(wire).flatMap(([type, entry]) =>
    [entry ?? []].flat().map((part): WirePart => {
      return typeof part === 'function' ? { type, rule: part } : { type, call: part as DispatchCall }
    }),
  )
}

/** What `snapshot()` returns. */
export type AnySnapshot = NonNullable<BindOptions['snapshot']>

/** What lands of one topic. */
export interface TopicPart {
  readonly channel: string
  readonly wire: AnyWire
  readonly snapshot: AnySnapshot | undefined
}

/** Joins what options say of each topic. */
export function topicParts(
  channels: Readonly<Record<string, AnyWire>>,
  snapshots: Readonly<Record<string, AnySnapshot>>,
): TopicPart[] {
  const topics = new Set([...Object.keys(channels), ...Object.keys(snapshots)])
  const [wires, sources] = [new Map(Object.entries(channels)), new Map(Object.entries(snapshots))]
  return [...topics].map((channel) => ({ channel, wire: wires.get(channel) ?? {}, snapshot: sources.get(channel) }))
}

/** All that lands of a topic: its messages, and its snapshot under a type of its own. */
export function landingWire({ wire, snapshot }: TopicPart): AnyWire {
  return snapshot ? { ...wire, 'sw.snapshot': snapshot.into } : wire
}
