import { expect } from 'vitest'

interface Patience {
  /** @default 10_000 */
  readonly timeout?: number
}

/** Reads again and again until the matcher holds: a loaded machine takes its time, and none of it is a fault. */
export const eventually = <Value>(
  read: () => Value | Promise<Value>,
  { timeout = 10_000 }: Patience = {},
): ReturnType<typeof expect.poll<Value>> => expect.poll(read, { timeout, interval: 50 })
