/** Tokens left at a time. Below zero: taken on credit. */
export interface Bucket {
  readonly tokens: number
  readonly at: number
}

export interface BucketLimits {
  readonly perSecond: number
  readonly burst: number
}

/** Takes one token. */
export function take(bucket: Bucket, now: number, { perSecond, burst }: BucketLimits): Bucket {
  const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond)
  return { tokens: tokens - 1, at: now }
}

/** Takes more for what a message asks for. */
export function charge({ tokens, at }: Bucket, more: number): Bucket {
  return { tokens: tokens - more, at }
}

/** `slow`: read on later. `over`: what was sent in spite of that is another whole burst. */
export function verdict({ tokens }: Bucket, { burst }: BucketLimits): 'ok' | 'slow' | 'over' {
  if (tokens >= 0) return 'ok'
  return tokens >= -burst ? 'slow' : 'over'
}

/** How long until an eighth of the burst is there again, in milliseconds: stopping and starting for each message would cost more. */
export function pauseMs({ tokens }: Bucket, { perSecond, burst }: BucketLimits): number {
  return Math.max(0, ((burst / 8 - tokens) / perSecond) * 1_000)
}
