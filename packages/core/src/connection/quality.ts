/** How far live data can be trusted to be live: `slow`: it may be a second or more late; `stalled`: it has stopped. */
export type Quality = 'good' | 'slow' | 'stalled'

/** How an open connection is doing; both undefined while it is not open. */
export interface Health {
  readonly quality: Quality | undefined
  /** How long the last answer to a ping took, in milliseconds; undefined where nothing is pinged. */
  readonly latencyMs: number | undefined
}

export interface QualityFacts {
  /** How long the last answer to a ping took. */
  readonly latencyMs: number | undefined
  /** How long a ping has been without an answer. */
  readonly unansweredMs: number
  /** How long the server's next beat or message has been overdue. */
  readonly overdueMs: number
  /** How long bytes have been waiting in the send buffer without any of them leaving. */
  readonly stuckMs: number
}

const SLOW_MS = 1_000
const STALLED_MS = 5_000

/** Judges an open link. Pure. */
export function judgeQuality({ latencyMs = 0, unansweredMs, overdueMs, stuckMs }: QualityFacts): Quality {
  const waitingMs = Math.max(unansweredMs, overdueMs, stuckMs)
  if (waitingMs >= STALLED_MS) return 'stalled'
  return Math.max(waitingMs, latencyMs) >= SLOW_MS ? 'slow' : 'good'
}
