import type { HeartbeatPolicy } from './heartbeat.ts'
import type { ResolvedHeartbeat } from './policy.ts'

/** What the three modes come down to. */
export function heartbeatPolicy(heartbeat: ResolvedHeartbeat): HeartbeatPolicy {
  const { intervalMs, timeoutMs } = heartbeat
  if (heartbeat.mode === 'ping') return { intervalMs, timeoutMs, asks: 'ping', strict: heartbeat.pong !== undefined }
  return { intervalMs, timeoutMs, asks: heartbeat.probe === undefined ? 'never' : 'probe', strict: false }
}

/** What makes the server answer; undefined when nothing does. */
export function questionOf(heartbeat: ResolvedHeartbeat): unknown {
  return heartbeat.mode === 'ping' ? heartbeat.frame() : heartbeat.probe?.()
}
