import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelay, type BackoffInput } from '../../src/connection/backoff.ts'

const policy = { baseDelayMs: 1_000, maxDelayMs: 15_000 }
const input = (overrides: Partial<BackoffInput>): BackoffInput => ({
  failures: 0,
  attempt: 1,
  roll: 0,
  online: true,
  ...overrides,
})
const range = (failures: number): [number, number] => [
  backoffDelay(policy, input({ failures, roll: 0 })),
  backoffDelay(policy, input({ failures, roll: 1 })),
]

describe('backoffDelay', () => {
  it('spreads the first wait over two base delays, from nothing on', () => {
    expect(range(0)).toEqual([0, 2_000])
  })

  it('doubles the spread with each failure up to the maximum, above a floor of a quarter base delay', () => {
    expect([1, 2, 3, 4, 50].map(range)).toEqual([
      [250, 2_250],
      [250, 4_250],
      [250, 8_250],
      [250, 15_000],
      [250, 15_000],
    ])
  })

  it('F99 offline: waits the maximum and does not stop', () => {
    expect(backoffDelay(policy, input({ online: false, roll: 0.1 }))).toBe(15_000)
  })

  it('asks the application for the coming attempt when it has its own delay, and adds nothing', () => {
    const delayMs = (attempt: number): number => attempt * 500
    expect(backoffDelay({ ...policy, delayMs }, input({ attempt: 3, roll: 0.9, online: false }))).toBe(1_500)
  })

  it('never waits longer than the maximum nor less than nothing', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, roll) => {
        const delay = backoffDelay(policy, input({ failures, roll }))
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(15_000)
      }),
    )
  })
})
