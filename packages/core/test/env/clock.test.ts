import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/index.ts'

const DAY_MS = 86_400_000

function setup() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const ran: number[] = []
  return { ran, run: () => ran.push(Date.now()) }
}

describe('the clock of the host', () => {
  it('F90 waits forty days, which no timer can count in one go', () => {
    const { ran, run } = setup()
    systemClock.schedule(40 * DAY_MS, run)
    vi.advanceTimersByTime(40 * DAY_MS - 1)
    expect(ran).toEqual([])
    vi.advanceTimersByTime(1)
    expect(ran).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('cancels in the middle of a long wait', () => {
    const { ran, run } = setup()
    const cancel = systemClock.schedule(40 * DAY_MS, run)
    vi.advanceTimersByTime(30 * DAY_MS)
    cancel()
    cancel()
    vi.advanceTimersByTime(30 * DAY_MS)
    expect([ran, vi.getTimerCount()]).toEqual([[], 0])
  })
})
