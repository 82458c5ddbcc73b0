import type { ConnectionPolicy, ResolvedHeartbeat } from '../connection/policy.ts'
import type { HeartbeatContract, Hello } from '../protocol/session/messages.ts'

const BEAT = { type: 'heartCheck' }

/** How a link is kept alive as the server wants it. */
export function heartbeatOf({ mode, everyMs, withinMs }: HeartbeatContract): ResolvedHeartbeat {
  const times = { intervalMs: everyMs, timeoutMs: withinMs }
  if (mode === 'ping') return { mode, frame: () => BEAT, pong: undefined, ...times }
  if (mode === 'reply') return { mode, type: BEAT.type, probe: () => BEAT, ...times }
  return { mode, probe: () => BEAT, ...times }
}

/** What the server is told of frames with several messages. */
export function joiningOf({
  codec,
  maxFrameBytes,
  splitFrames,
}: Pick<ConnectionPolicy, 'codec' | 'maxFrameBytes' | 'splitFrames'>): Pick<Hello, 'join'> {
  return splitFrames && codec.split ? { join: Math.min(maxFrameBytes, Number.MAX_SAFE_INTEGER) } : {}
}
