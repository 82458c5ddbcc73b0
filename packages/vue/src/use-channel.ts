import type { Envelope } from '@statewire/core'
import type { Channel, ChannelStatus, Resync } from '@statewire/core/session'
import { shallowReadonly, shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import type { ClientOption, ClientSource } from './types.ts'
import { clientOf, whileInScope } from './use-client.ts'

export interface UseChannelOptions extends ClientOption<ClientSource> {
  /** Called when messages of the topic are missing for good: what was shown of it may be outdated. */
  onResync?: (resync: Resync) => unknown
}

export interface UsedChannel {
  /** Of the present topic; `idle` on a server. */
  readonly status: Readonly<ShallowRef<ChannelStatus>>
  /**
   * Publishes into the present topic. Resolves when the server has it for good.
   *
   * @throws {StatewireError} (as rejection) As `Channel.publish`.
   */
  readonly publish: (type: string, data?: unknown) => Promise<void>
}

/**
 * Keeps a topic subscribed as long as the component lives, and follows it when it changes. Its messages also reach `useMessage`,
 * `useLatest` and `useSeries`, by type. Needs a client with option `session`.
 *
 * @param topic A topic, a ref or a getter of one.
 * @param listener Called for each message of the topic, once and in order.
 * @throws {StatewireError} As `useClient`; `UNSUPPORTED` without option `session`, `INVALID_OPTION` for what is no topic.
 *
 * @example
 * const { status, publish } = useChannel(() => `room:${props.id}`, (message) => log.value.push(message.data))
 */
export function useChannel(
  topic: MaybeRefOrGetter<string>,
  listener?: (message: Envelope) => unknown,
  { client: source, onResync }: UseChannelOptions = {},
): UsedChannel {
  const client = clientOf(source, 'useChannel()')
  const present = (): Channel => client.channel(toValue(topic))
  const status = shallowRef<ChannelStatus>('idle')
  const follow = (channel: Channel): (() => void) => {
    const ends = [
      channel.on('status', (now) => {
        status.value = now
      }),
      ...(onResync ? [channel.on('resync', onResync)] : []),
      channel.subscribe(listener),
    ]
    status.value = channel.status
    return () => ends.forEach((end) => end())
  }
  whileInScope('useChannel()', () => {
    let end = follow(present())
    // At once: between a change and the next tick, messages of the topic before would still be shown.
    const stop = watch(
      present,
      (channel) => {
        end()
        end = follow(channel)
      },
      { flush: 'sync' },
    )
    return () => {
      stop()
      end()
    }
  })
  return { status: shallowReadonly(status), publish: (type, data) => present().publish(type, data) }
}
