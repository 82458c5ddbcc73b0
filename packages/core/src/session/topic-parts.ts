import type { Wire, WireEntry } from '../binding/wire.ts'
import type { Undeclared } from '../protocol/define-protocol.ts'
import type { SnapshotSource } from './snapshot.ts'

/** The type under which a snapshot lands. No message of a server gets that far with this prefix. */
export const SNAPSHOT = 'sw.snapshot'

/** A wire whose types were checked where it was written. For adapters. */
export type AnyWire = Wire<Record<string, unknown>, Record<string, Undeclared>>

/** What `snapshot()` returns, whatever it lands in. For adapters. */
export type AnySnapshot = SnapshotSource<WireEntry<Record<string, unknown>, Undeclared>>

/** What lands of one topic. For adapters. */
export interface TopicPart {
  readonly channel: string
  readonly wire: AnyWire
  readonly snapshot?: AnySnapshot | undefined
}

/** Joins what the options `channels` and `snapshots` say of each topic; one may be in either or in both. For adapters. */
export function topicParts(
  channels: Readonly<Record<string, AnyWire>>,
  snapshots: Readonly<Record<string, AnySnapshot>>,
): TopicPart[] {
  const topics = new Set([...Object.keys(channels), ...Object.keys(snapshots)])
  const [wires, sources] = [new Map(Object.entries(channels)), new Map(Object.entries(snapshots))]
  return [...topics].map((channel) => ({ channel, wire: wires.get(channel) ?? {}, snapshot: sources.get(channel) }))
}

/** All that lands of a topic: its messages, and its snapshot under a type of its own. For adapters. */
export function landingWire({ wire, snapshot }: Pick<TopicPart, 'wire' | 'snapshot'>): AnyWire {
  return snapshot ? { ...wire, [SNAPSHOT]: snapshot.into } : wire
}
