import { FakeClock } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { Traffic } from '../../src/connection/traffic.ts'

describe('Traffic', () => {
  it('counts, and averages over what lies between two questions', () => {
    const clock = new FakeClock()
    const traffic = new Traffic(clock)
    traffic.add(10)
    traffic.add(30)
    expect(traffic.stats).toEqual({ frames: 2, bytes: 40, framesPerSecond: 0, bytesPerSecond: 0 })
    clock.advance(2_000)
    expect(traffic.stats).toEqual({ frames: 2, bytes: 40, framesPerSecond: 1, bytesPerSecond: 20 })
    traffic.add(5)
    clock.advance(999)
    expect(traffic.stats).toEqual({ frames: 3, bytes: 45, framesPerSecond: 1, bytesPerSecond: 20 })
    clock.advance(1)
    expect(traffic.stats).toEqual({ frames: 3, bytes: 45, framesPerSecond: 1, bytesPerSecond: 5 })
    clock.advance(5_000)
    expect(traffic.stats).toMatchObject({ framesPerSecond: 0, bytesPerSecond: 0 })
  })
})
