import { learntInterval, type Beats, type HeartbeatPolicy } from './heartbeat.ts'
import type { ResolvedHeartbeat } from './policy.ts'

const NO_HEARTBEAT: HeartbeatPolicy = { intervalMs: undefined, timeoutMs: 0, asks: 'never', strict: false }

/** What the three modes come down to, with what the server's beats have taught; without any, nothing is watched. */
export function heartbeatPolicy(heartbeat: ResolvedHeartbeat | undefined, beats: Beats): HeartbeatPolicy {
  if (!heartbeat) return NO_HEARTBEAT
  const { intervalMs = learntInterval(beats), timeoutMs } = heartbeat
  if (heartbeat.mode === 'ping') return { intervalMs, timeoutMs, asks: 'ping', strict: heartbeat.pong !== undefined }
  return { intervalMs, timeoutMs, asks: heartbeat.probe ? 'probe' : 'never', strict: false }
}

/** What makes the server answer; undefined when nothing does. */
export function questionOf(heartbeat: ResolvedHeartbeat | undefined): unknown {
  return heartbeat?.mode === 'ping' ? heartbeat.frame() : heartbeat?.probe?.()
}
