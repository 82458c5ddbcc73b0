/** How long to wait, and how often. Resolved `reconnect` options. */
export interface BackoffPolicy {
  readonly baseDelayMs: number
  readonly maxDelayMs: number
  readonly delayMs?: ((attempt: number) => number) | undefined
}

export interface BackoffInput {
  /** Failures since the connection was last useful, halved by each useful second. */
  readonly failures: number
  /** Number of the coming attempt. */
  readonly attempt: number
  /** A number in [0, 1). */
  readonly roll: number
  readonly online: boolean
}

const FLOOR_SHARE = 0.25

/**
 * Milliseconds to wait before the next attempt: full jitter, so that a crowd that lost its server together does not come
 * back together. The first wait is spread over two base delays and may be nothing at all.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffDelay(policy: BackoffPolicy, { failures, attempt, roll, online }: BackoffInput): number {
  if (policy.delayMs) return policy.delayMs(attempt)
  // `online` may be wrong (virtual machines, VPNs), so being offline slows attempts down and never stops them.
  if (!online) return policy.maxDelayMs
  const spread = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.max(1, failures))
  const floor = failures === 0 ? 0 : policy.baseDelayMs * FLOOR_SHARE
  return Math.min(policy.maxDelayMs, floor + roll * spread)
}
