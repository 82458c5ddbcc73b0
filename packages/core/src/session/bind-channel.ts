import type { Feed } from '../binding/binder.ts'
import type { Binding, Sink } from '../binding/sink.ts'
import type { Wire } from '../binding/wire.ts'
import { isolate } from '../lib/emitter.ts'
import { StatewireError } from '../lib/errors.ts'
import type { Undeclared } from '../protocol/define-protocol.ts'
import type { Channel } from './channel.ts'
import type { SessionHost } from './port.ts'
import type { SnapshotSource } from './snapshot.ts'
import { landingWire, SNAPSHOT, type AnyWire as SomeWire, type TopicPart } from './topic-parts.ts'

/** What arrives by way of a snapshot has lost its size; with this much for each, the limit of their number comes first. */
const UNKNOWN_BYTES = 800

type AnyWire<State> = Wire<State, Record<string, Undeclared>>

export interface ChannelBindingDeps {
  readonly channel: Channel
  readonly snapshot: SnapshotSource | undefined
  readonly host: Pick<SessionHost, 'binder' | 'client' | 'options'>
}

/** Binds a sink to one topic, and keeps that subscribed until the binding is stopped. */
export function bindChannel<State>(sink: Sink<State>, wire: AnyWire<State>, deps: ChannelBindingDeps): Binding {
  const { channel, snapshot, host } = deps
  const { binder } = host
  const { topic } = channel
  const feed: Feed = snapshot ? Symbol(topic) : topic
  const entries: SomeWire = landingWire({ wire, snapshot } as Pick<TopicPart, 'wire' | 'snapshot'>)
  // First, as it refuses a wrong wire.
  const binding = binder.bind(sink, entries as AnyWire<State>, feed)
  const heard = channel.on('resync', (resync) =>
    isolate(
      () => sink.resync?.(resync),
      (cause) => failed(host, { where: `resync of store "${sink.name}"`, cause }),
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

function follow(snapshot: SnapshotSource, feed: Feed, { channel, host }: ChannelBindingDeps): () => void {
  const { binder, client, options } = host
  const stream = snapshot.follow(channel, {
    clock: options.env.clock,
    apply: (data) => binder.feed(feed, { type: SNAPSHOT, data }, UNKNOWN_BYTES),
    message: (message) => {
      const fit = client.checked(message)
      if (fit) binder.feed(feed, fit, UNKNOWN_BYTES)
    },
    failed: (cause) => failed(host, { where: `the snapshot of channel "${channel.topic}"`, cause }),
  })
  // State goes back to its initial value: what was loaded for the user before is void.
  const heard = client.on('reset', () => stream.reload())
  return () => {
    heard()
    stream.stop()
  }
}

function failed({ client }: Pick<SessionHost, 'client'>, { where, cause }: { where: string; cause: unknown }): void {
  client.report(new StatewireError('CALLBACK', { where }, { cause }))
}
