import { describe, expect, it } from 'vitest'
import { FakeClock } from '@statewire/testing'

describe('FakeClock', () => {
  it('runs timers in the order of their due time, each at that time', () => {
    const clock = new FakeClock(1_000)
    const ran: [string, number, number][] = []
    const note = (name: string) => () => ran.push([name, clock.monotonic(), clock.now()])
    clock.schedule(20, note('late'))
    clock.schedule(10, note('early'))
    clock.schedule(20, note('late, second'))
    clock.advance(30)
    expect(ran).toEqual([
      ['early', 10, 1_010],
      ['late', 20, 1_020],
      ['late, second', 20, 1_020],
    ])
    expect([clock.monotonic(), clock.now()]).toEqual([30, 1_030])
  })

  it('runs a timer not one millisecond early', () => {
    const clock = new FakeClock()
    let runs = 0
    clock.schedule(500, () => runs++)
    clock.advance(499)
    expect(runs).toBe(0)
    clock.advance(1)
    expect(runs).toBe(1)
    clock.advance(10_000)
    expect(runs).toBe(1)
  })

  it('runs timers that are scheduled by timers, if they are due in time', () => {
    const clock = new FakeClock()
    const ran: number[] = []
    clock.schedule(10, () => {
      ran.push(clock.monotonic())
      clock.schedule(10, () => ran.push(clock.monotonic()))
      clock.schedule(11, () => ran.push(clock.monotonic()))
    })
    clock.advance(20)
    expect(ran).toEqual([10, 20])
    expect(clock.pending).toEqual([1])
  })

  it('cancels a timer, also from within another that is due at the same time', () => {
    const clock = new FakeClock()
    let runs = 0
    clock.schedule(10, () => cancel())
    const cancel = clock.schedule(10, () => runs++)
    clock.advance(10)
    cancel()
    expect(runs).toBe(0)
    expect(clock.pending).toEqual([])
  })

  it('lists the remaining delays, shortest first', () => {
    const clock = new FakeClock()
    clock.schedule(300, () => {})
    clock.schedule(100, () => {})
    clock.advance(40)
    expect(clock.pending).toEqual([60, 260])
  })

  it('keeps timers overdue through a sleep, and runs them late afterwards', () => {
    const clock = new FakeClock()
    const ran: number[] = []
    clock.schedule(100, () => ran.push(clock.monotonic()))
    clock.sleep(5_000)
    expect([ran, clock.pending, clock.monotonic()]).toEqual([[], [0], 5_000])
    clock.advance(0)
    expect(ran).toEqual([5_000])
  })

  it('leaves timers undue when the monotonic clock slept too', () => {
    const clock = new FakeClock(0)
    clock.schedule(100, () => {})
    clock.sleep(5_000, { monotonic: false })
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([5_000, 0, [100]])
  })

  it('runs everything late in one go', () => {
    const clock = new FakeClock()
    const ran: number[] = []
    clock.schedule(100, () => ran.push(clock.monotonic()))
    clock.schedule(200, () => ran.push(clock.monotonic()))
    clock.late(1_000)
    expect(ran).toEqual([1_000, 1_000])
  })

  it('jumps with the wall clock only', () => {
    const clock = new FakeClock(5_000)
    clock.schedule(10, () => {})
    clock.jump(-3_000)
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([2_000, 0, [10]])
  })

  it('refuses to run for ever', () => {
    const clock = new FakeClock()
    const again = (): void => void clock.schedule(0, again)
    again()
    expect(() => clock.advance(1)).toThrow('without an end')
  })
})
