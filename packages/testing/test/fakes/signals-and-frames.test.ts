import { describe, expect, it } from 'vitest'
import { FakeFrames, FakeSignals } from '@statewire/testing'

describe('FakeSignals', () => {
  it('delivers signals to those who listen, and counts them', () => {
    const signals = new FakeSignals()
    const heard: string[] = []
    const end = signals.on((signal) => heard.push(signal))
    signals.emit('online')
    expect(signals.listeners).toBe(1)
    end()
    end()
    signals.emit('offline')
    expect(heard).toEqual(['online'])
    expect(signals.listeners).toBe(0)
  })
})

describe('FakeFrames', () => {
  it('runs what was requested when it paints, once', () => {
    const frames = new FakeFrames()
    let runs = 0
    frames.request(() => runs++)
    expect([runs, frames.pending]).toEqual([0, 1])
    frames.paint()
    frames.paint()
    expect([runs, frames.pending]).toEqual([1, 0])
  })

  it('keeps what is requested while it paints for the next time', () => {
    const frames = new FakeFrames()
    let runs = 0
    frames.request(() => frames.request(() => runs++))
    frames.paint()
    expect([runs, frames.pending]).toEqual([0, 1])
    frames.paint()
    expect(runs).toBe(1)
  })

  it('runs nothing that was cancelled, not even by an earlier callback', () => {
    const frames = new FakeFrames()
    let runs = 0
    frames.request(() => cancel())
    const cancel = frames.request(() => runs++)
    frames.paint()
    expect(runs).toBe(0)
  })
})
