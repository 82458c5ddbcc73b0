import { FakeClock } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonCodec, type Clock } from '../../src/index.ts'
import { Watermark } from '../../src/outbox/watermark.ts'
import { AckedOutbox } from '../../src/session/acked-outbox.ts'

function setup(clock: Clock) {
  const sent: unknown[] = []
  const levels: string[] = []
  const limits = { capacity: 1_000, maxBytes: 1_000_000, maxAgeMs: Infinity, overflow: 'reject' } as const
  const outbox: AckedOutbox = new AckedOutbox({
    limits,
    watermark: new Watermark(limits, (event, { messages }) => levels.push(`${event} ${messages}`)),
    clock,
    codec: jsonCodec(),
    overdue: () => {},
    ready: () => drain(),
    astray: () => {},
    doubtful: () => {},
  })
  const drain = (): void =>
    outbox.drain((frame) => {
      sent.push((JSON.parse(frame as string) as { data: unknown }).data)
      return true
    })
  const add = (data: unknown): void => void outbox.add('say', JSON.stringify({ type: 'say', data }))
  outbox.welcome(0)
  onTestFinished(() => outbox.discard('over'))
  return { outbox, sent, drain, add, levels }
}

describe('the acknowledged outbox', () => {
  it('goes on after a pause whose timer came early', () => {
    const clock = new FakeClock()
    // As Node does: a timer may fire a moment before its time by the other clock.
    const early: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      schedule: (delayMs, callback) => clock.schedule(Math.max(0, delayMs - 1), callback),
    }
    const { outbox, sent, drain, add } = setup(early)
    add('a')
    drain()
    outbox.nack({ n: 1, code: 'busy', message: 'later', retryMs: 100 })
    clock.advance(99)
    expect(sent).toEqual(['a', 'a'])
  })

  it('F132 keeps 128 on the way, and sends the others as acknowledgements come', () => {
    const { outbox, sent, drain, add } = setup(new FakeClock())
    for (let i = 1; i <= 200; i++) add(i)
    drain()
    expect(sent).toHaveLength(128)
    for (let rx = 1; rx <= 200; rx++) {
      outbox.ack(rx)
      drain()
    }
    expect(sent).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    expect(outbox.size).toBe(0)
  })

  it('tells that it fills up while nothing is acknowledged, and that it has emptied', () => {
    const { outbox, drain, add, levels } = setup(new FakeClock())
    for (let i = 1; i <= 900; i++) add(i)
    drain()
    expect(levels).toEqual(['highWater 750'])
    for (let rx = 64; rx <= 960; rx += 64) {
      outbox.ack(rx)
      drain()
    }
    expect(levels).toHaveLength(2)
    expect(outbox.size).toBe(0)
  })
})
