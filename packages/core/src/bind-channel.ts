import type { Binder, Feed } from './binding/binder.ts'
import { FLUSH_BYTES, FLUSH_MESSAGES } from './binding/limits.ts'
import type { Binding, Sink } from './binding/sink.ts'
import type { Wire, WireEntry } from './binding/wire.ts'
import type { Clock } from './env/clock.ts'
import { isolate } from './lib/emitter.ts'
import type { Undeclared } from './protocol/define-protocol.ts'
import type { Envelope } from './protocol/envelope.ts'
import type { Channel } from './session/channel.ts'
import type { SnapshotSource } from './session/snapshot.ts'
import { landingWire, SNAPSHOT, type AnyWire as SomeWire, type TopicPart } from './topic-parts.ts'

/** What arrives by way of a snapshot has lost its size: it is limited by count. */
const UNKNOWN_BYTES: number = Math.floor(FLUSH_BYTES / FLUSH_MESSAGES)

type AnyWire<State> = Wire<State, Record<string, Undeclared>>

export interface ChannelBindingDeps<State> {
  readonly channel: Channel
  readonly snapshot: SnapshotSource<WireEntry<State, Undeclared>> | undefined
  readonly binder: Binder
  readonly clock: Clock
  /** The message as the protocol wants it; undefined when it does not. */
  readonly checked: (message: Envelope) => Envelope | undefined
  readonly onReset: (listener: () => void) => () => void
  readonly failed: (where: string, cause: unknown) => void
}

/** Binds a sink to one topic, and keeps that subscribed until the binding is stopped. */
export function bindChannel<State>(sink: Sink<State>, wire: AnyWire<State>, deps: ChannelBindingDeps<State>): Binding {
  const { channel, snapshot, binder } = deps
  const { topic } = channel
  const feed: Feed = snapshot ? Symbol(topic) : topic
  const entries: SomeWire = landingWire({ wire, snapshot } as Pick<TopicPart, 'wire' | 'snapshot'>)
  // First, as it refuses a wrong wire.
  const binding = binder.bind(sink, entries as AnyWire<State>, feed)
  const heard = channel.on('resync', (resync) =>
    isolate(
      () => sink.resync?.(resync),
      (cause) => deps.failed(`resync of store "${sink.name}"`, cause),
    ),
  )
  const release = snapshot ? follow(snapshot, feed, deps) : channel.subscribe()
  return {
    pause: () => binding.pause(),
    resume: () => binding.resume(),
    stop: () => {
      binding.stop()
      heard()
      release()
    },
  }
}

function follow<State>(snapshot: SnapshotSource, feed: Feed, deps: ChannelBindingDeps<State>): () => void {
  const { channel, binder, clock, checked, onReset, failed } = deps
  const stream = snapshot.follow(channel, {
    clock,
    apply: (data) => binder.feed(feed, { type: SNAPSHOT, data }, UNKNOWN_BYTES),
    message: (message) => {
      const fit = checked(message)
      if (fit) binder.feed(feed, fit, UNKNOWN_BYTES)
    },
    failed: (cause) => failed(`the snapshot of channel "${channel.topic}"`, cause),
  })
  // State goes back to its initial value: what was loaded for the user before is void.
  const heard = onReset(() => stream.reload())
  return () => {
    heard()
    stream.stop()
  }
}
