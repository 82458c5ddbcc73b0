import { useClient, useConnectionState, useLatest, useSeries } from '@statewire/vue'
import { computed, onWatcherCleanup, shallowRef, watch } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import { mergeMessages } from '../lib/merge-messages.ts'
import type { ChatMessage, Room } from './protocol.ts'
import { room } from './user.ts'
import { useOutgoing } from './use-outgoing.ts'
import type { UseOutgoing } from './use-outgoing.ts'

const LIMIT = 200

export interface UseChat extends UseOutgoing {
  readonly rooms: Readonly<ShallowRef<readonly Room[] | undefined>>
  /** The last messages of the room, oldest first. */
  readonly messages: ComputedRef<readonly ChatMessage[]>
}

/** The room's messages: those that come, and those that were said before we came or while we were cut off. */
export function useChat(): UseChat {
  const client = useClient()
  const connection = useConnectionState()
  const rooms = useLatest('rooms', { replay: true })
  const live = useSeries('message', { limit: LIMIT })
  const told = shallowRef<readonly ChatMessage[]>([])

  const tell = (more: readonly ChatMessage[]): void => {
    told.value = mergeMessages(told.value, more, LIMIT)
  }

  async function join(name: string, signal: AbortSignal): Promise<void> {
    try {
      const answer = await client.request('join', { room: name }, { signal })
      if (answer.error === undefined) tell(answer.messages)
    } catch {
      // Another room was chosen, or the link is gone: then the next opening asks again.
    }
  }

  watch(
    [() => connection.value.status === 'open', room],
    ([isOpen, name]) => {
      if (!isOpen) return
      const wanted = new AbortController()
      onWatcherCleanup(() => wanted.abort())
      void join(name, wanted.signal)
    },
    { immediate: true },
  )

  const messages = computed(() =>
    mergeMessages(told.value, live.value, LIMIT).filter((message) => message.room === room.value),
  )
  return { rooms, messages, ...useOutgoing((message) => tell([message])) }
}
