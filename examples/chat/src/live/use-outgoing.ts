import { useClient } from '@statewire/vue'
import { ref } from 'vue'
import type { Ref } from 'vue'
import type { ChatMessage } from './protocol.ts'

/** How long a message waits for the server to take it. */
const PATIENCE_MS = 10 * 60_000

export interface Outgoing {
  readonly key: number
  readonly room: string
  readonly text: string
  /** Why the server has not got it, or nobody knows whether it has; empty while there is hope. */
  readonly problem: string
}

export interface UseOutgoing {
  /** Messages that the server has not confirmed yet. */
  readonly outgoing: Readonly<Ref<readonly Outgoing[]>>
  say(room: string, text: string): void
  sayAgain(message: Outgoing): void
}

/**
 * Messages on their way out. The client holds them while there is no connection; the acknowledgement ends their stay here.
 *
 * @param onDelivered is given the message as the server tells it to everybody
 */
export function useOutgoing(onDelivered: (message: ChatMessage) => void): UseOutgoing {
  const client = useClient()
  const outgoing = ref<readonly Outgoing[]>([])
  let lastKey = 0

  const drop = (key: number): void => {
    outgoing.value = outgoing.value.filter((message) => message.key !== key)
  }
  const fail = (key: number, problem: string): void => {
    outgoing.value = outgoing.value.map((message) => (message.key === key ? { ...message, problem } : message))
  }

  async function deliver({ key, room, text }: Outgoing): Promise<void> {
    try {
      const answer = await client.request('message', { room, text }, { timeoutMs: PATIENCE_MS })
      if (answer.error !== undefined) return fail(key, answer.error)
      onDelivered(answer)
      drop(key)
    } catch {
      fail(key, 'Not confirmed by the server.')
    }
  }

  function say(room: string, text: string): void {
    const message: Outgoing = { key: ++lastKey, room, text, problem: '' }
    outgoing.value = [...outgoing.value, message]
    void deliver(message)
  }

  return {
    outgoing,
    say,
    sayAgain({ key, room, text }) {
      drop(key)
      say(room, text)
    },
  }
}
