import type { BindOptions, Undeclared, Wire } from '@statewire/core'

/** A wire whose types were checked where it was written. */
export type AnyWire = Wire<Record<string, unknown>, Record<string, Undeclared>>

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
