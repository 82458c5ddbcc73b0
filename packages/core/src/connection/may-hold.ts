import type { ConnectionPolicy } from './policy.ts'

const CONTROL: readonly string[] = ['auth', 'auth ok', 'noAuth', 'heartCheck']

/**
 * Returns which message types are the application's alone, so that the connection need not see each of their frames decoded.
 * None, where an own matcher of the application's looks for answers to pings in every message.
 */
export function createMayHold({ heartbeat }: Pick<ConnectionPolicy, 'heartbeat'>): (messageType: string) => boolean {
  if (heartbeat?.mode === 'ping' && heartbeat.pong) return () => false
  const beatType = heartbeat?.mode === 'reply' ? heartbeat.type : undefined
  return (type) => type !== beatType && !CONTROL.includes(type) && !type.startsWith('sw.')
}
