import type { ChatMessage } from '../live/protocol.ts'

/** Puts what is known and what came together: each message once, in the order in which it was said, the newest `limit` of them. */
export function mergeMessages(
  known: readonly ChatMessage[],
  more: readonly ChatMessage[],
  limit: number,
): readonly ChatMessage[] {
  const byId = new Map([...known, ...more].map((message) => [message.id, message]))
  return [...byId.values()].sort((a, b) => a.at - b.at).slice(-limit)
}
