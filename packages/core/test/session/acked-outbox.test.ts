import { getEventListeners } from 'node:events'
import { FakeClock, settle } from '@statewire/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonCodec, type Clock } from '../../src/index.ts'
import { Watermark } from '../../src/outbox/watermark.ts'
import { AckedOutbox } from '../../src/session/acked-outbox.ts'
import { BoxWriter } from '../../src/session/box-writer.ts'
import type { BoxChange, OutboxBox } from '../../src/session/index.ts'
import { FakeDisk } from './fake-disk.ts'

interface Setup {
  readonly capacity?: number
  readonly box?: OutboxBox
  readonly onHighWater?: () => void
}

function setup(clock: Clock, { capacity = 1_000, box, onHighWater }: Setup = {}) {
  const sent: unknown[] = []
  const levels: string[] = []
  const limits = { capacity, maxBytes: 1_000_000, maxAgeMs: Infinity, overflow: 'reject' } as const
  const writer = box && new BoxWriter({ box, clock, identity: () => ({ cid: 'c1' }), failed: () => {} })
  const outbox: AckedOutbox = new AckedOutbox({
    limits,
    watermark: new Watermark(limits, (event, { messages }) => {
      levels.push(`${event} ${messages}`)
      if (event === 'highWater') onHighWater?.()
    }),
    writer: () => writer,
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

  it('keeps what a listener of highWater sends after the message that it is told of', async () => {
    const disk = new FakeDisk()
    const box = await disk.page().create('ann')
    const { drain, add, sent } = setup(new FakeClock(), { capacity: 4, box, onHighWater: () => add('told') })
    for (const data of ['a', 'b', 'c']) add(data)
    drain()
    await settle()
    expect(sent).toEqual(['a', 'b', 'c', 'told'])
    expect(disk.kept).toEqual(sent)
    const kept = [...disk.boxes.values()].flatMap(({ messages }) => [...messages.values()])
    expect(kept.map(({ seq, n }) => [seq, n])).toEqual([1, 2, 3, 4].map((place) => [place, place]))
  })

  it('asks a storage that refuses everything to forget nothing', async () => {
    const changes: BoxChange[] = []
    const write = async (change: BoxChange): Promise<void> => {
      changes.push(change)
      throw new Error('no room left')
    }
    const box = { content: undefined, write } as Partial<OutboxBox> as OutboxBox
    const { outbox, add, sent } = setup(new FakeClock(), { box })
    for (let n = 1; n <= 20; n++) {
      add(n)
      await settle()
      outbox.ack(n)
      await settle()
    }
    expect(sent).toHaveLength(20)
    expect(changes.flatMap(({ removed }) => removed)).toEqual([])
    expect(changes.every(({ put }) => put.length === 1)).toBe(true)
  })

  it('takes no message whose signal is aborted', async () => {
    const { outbox, sent, drain } = setup(new FakeClock())
    const reason = new Error('too late')
    await expect(outbox.add('say', '{}', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    drain()
    expect([sent, outbox.size]).toEqual([[], 0])
  })

  it('leaves nothing with a signal that is not aborted', async () => {
    const { outbox, drain } = setup(new FakeClock())
    const { signal } = new AbortController()
    const sending = ['a', 'b'].map((data) => outbox.add('say', JSON.stringify({ data }), { signal }))
    drain()
    outbox.ack(1)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    outbox.discard('signed out')
    await Promise.allSettled(sending)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
