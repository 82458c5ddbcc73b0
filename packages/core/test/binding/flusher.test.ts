import { FakeClock, FakeFrames, settle } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { Flusher } from '../../src/binding/flusher.ts'
import type { FlushOption } from '../../src/options.ts'

function setup(flush: FlushOption, onFlush?: (flusher: Flusher) => boolean | void) {
  const clock = new FakeClock()
  const frames = new FakeFrames()
  const done = { flushes: 0 }
  const flusher: Flusher = new Flusher({
    flush,
    clock,
    frames,
    onFlush: () => {
      done.flushes += 1
      return onFlush?.(flusher) !== false
    },
  })
  return { clock, frames, done, flusher }
}

describe('Flusher', () => {
  it('flushes once before the next paint', () => {
    const { frames, clock, done, flusher } = setup('frame')
    for (let i = 0; i < 10; i++) flusher.add(1)
    expect([done.flushes, frames.pending, clock.pending]).toEqual([0, 1, []])
    frames.paint()
    expect([done.flushes, frames.pending]).toEqual([1, 0])
    frames.paint()
    expect(done.flushes).toBe(1)
  })

  it('flushes once at the end of the task', async () => {
    const { done, flusher } = setup('microtask')
    flusher.add(1)
    flusher.add(1)
    expect(done.flushes).toBe(0)
    await settle()
    expect(done.flushes).toBe(1)
  })

  it('flushes at each message', () => {
    const { done, flusher } = setup('sync')
    flusher.add(1)
    flusher.add(1)
    expect(done.flushes).toBe(2)
  })

  it('flushes n ms after the first message that waits', () => {
    const { clock, done, flusher } = setup({ everyMs: 250 })
    flusher.add(1)
    clock.advance(200)
    flusher.add(1)
    expect([done.flushes, clock.pending]).toEqual([0, [50]])
    clock.advance(50)
    expect([done.flushes, clock.pending]).toEqual([1, []])
  })

  const modes: FlushOption[] = ['frame', 'microtask', { everyMs: 1_000 }]
  it.each(modes)('flushes at once at 10,000 messages or 8 MiB, and not once more (%j)', async (mode) => {
    const { clock, frames, done, flusher } = setup(mode)
    for (let i = 0; i < 9_999; i++) flusher.add(1)
    expect(done.flushes).toBe(0)
    flusher.add(1)
    expect(done.flushes).toBe(1)
    flusher.add(8_388_607)
    expect(done.flushes).toBe(1)
    flusher.add(1)
    expect(done.flushes).toBe(2)
    frames.paint()
    clock.advance(1_000)
    await settle()
    expect([done.flushes, frames.pending, clock.pending]).toEqual([2, 0, []])
  })

  it('gives what arrives during a flush one of its own', () => {
    const { frames, done, flusher } = setup('frame', (self) => {
      if (done.flushes === 1) self.add(1)
    })
    flusher.add(1)
    frames.paint()
    expect([done.flushes, frames.pending]).toEqual([1, 1])
    frames.paint()
    expect([done.flushes, frames.pending]).toEqual([2, 0])
  })

  it('flushes again at once when that is due, never nested', () => {
    let depth = 0
    const { done, flusher } = setup('sync', (self) => {
      depth += 1
      expect(depth).toBe(1)
      if (done.flushes < 3) self.add(1)
      depth -= 1
    })
    flusher.add(1)
    expect(done.flushes).toBe(3)
  })

  it('sees to a flush on request, never before it returns', async () => {
    const { done, flusher } = setup('sync')
    flusher.request()
    flusher.request()
    expect(done.flushes).toBe(0)
    await settle()
    expect(done.flushes).toBe(1)
  })

  it.each([...modes, 'sync'] as FlushOption[])('leaves nothing behind after cancel and dispose (%j)', async (mode) => {
    const { clock, frames, done, flusher } = setup(mode)
    for (const end of [() => flusher.cancel(), () => flusher.dispose()]) {
      flusher.request()
      end()
      expect([frames.pending, clock.pending]).toEqual([0, []])
    }
    flusher.add(2_000_000)
    flusher.request()
    flusher.flush()
    await settle()
    expect([done.flushes, frames.pending, clock.pending]).toEqual([0, 0, []])
  })
})
