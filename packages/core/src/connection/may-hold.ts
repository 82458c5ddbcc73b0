import type { ConnectionPolicy } from './policy.ts'

const CONTROL: readonly string[] = ['auth', 'auth ok', 'noAuth', 'heartCheck']

/**
 * Tells whether messages of a type are the application's alone, so that the connection need not see each of their frames decoded.
 * None are, where an own matcher of the application's looks for answers to pings in every message.
 */
export function mayHold(heartbeat: ConnectionPolicy['heartbeat'], messageType: string): boolean {
  if (heartbeat?.mode === 'ping' && heartbeat.pong) return false
  if (heartbeat?.mode === 'reply' && messageType === heartbeat.type) return false
  return !CONTROL.includes(messageType) && !messageType.startsWith('sw.')
}
