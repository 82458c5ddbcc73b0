import type { FakeClock } from '@statewire/testing'

/** Returns numbers in [0, 1) by xorshift32: repeatable, and good enough for jitter. */
export function seededRandom(seed: number): () => number {
  let x = seed | 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 2 ** 32
  }
}

/** Lets time pass, from one timer to the next: in between nothing can happen. */
export async function passTime(clock: FakeClock, ms: number, settle: () => Promise<void>): Promise<void> {
  const end = clock.monotonic() + ms
  while (clock.monotonic() < end) {
    const [next = ms] = clock.pending
    clock.advance(Math.min(Math.max(next, 0.001), end - clock.monotonic()))
    await settle()
  }
}
