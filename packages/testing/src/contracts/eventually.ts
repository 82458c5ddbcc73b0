import { expect, vi } from 'vitest'

/** Waits, at most two seconds, until both are equal. */
export async function eventually(read: () => unknown, expected: unknown): Promise<void> {
  await vi.waitFor(() => expect(read()).toEqual(expected), { timeout: 2_000, interval: 2 })
}
