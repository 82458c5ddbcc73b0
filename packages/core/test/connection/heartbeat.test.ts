import { describe, expect, it } from 'vitest'
import {
  countBeat,
  GRACE_MS,
  judge,
  learntInterval,
  noBeats,
  type HeartbeatPolicy,
  type LinkFacts,
} from '../../src/connection/heartbeat.ts'

const reply: HeartbeatPolicy = { intervalMs: 5_000, timeoutMs: 10_000, asks: 'never', strict: false }
const probing: HeartbeatPolicy = { ...reply, asks: 'probe' }
const ping: HeartbeatPolicy = { intervalMs: 25_000, timeoutMs: 10_000, asks: 'ping', strict: false }
const facts = (overrides: Partial<LinkFacts>): LinkFacts => ({
  now: 0,
  heardAt: 0,
  bufferedBytes: 0,
  overslept: false,
  doubted: false,
  ...overrides,
})
const asked = { dueAt: 35_000, bufferedBytes: 0 }

describe('judge', () => {
  const rows: readonly [title: string, HeartbeatPolicy, Partial<LinkFacts>, ReturnType<typeof judge>][] = [
    ['waits for interval and timeout', reply, { now: 1 }, { action: 'wait', untilAt: 15_000 }],
    ['counts from the last frame', reply, { now: 9_000, heardAt: 8_000 }, { action: 'wait', untilAt: 23_000 }],
    ['takes silence for death', reply, { now: 15_000 }, { action: 'dead' }],
    [
      'watches nothing before the interval is known',
      { ...reply, intervalMs: undefined },
      { now: 1e9 },
      { action: 'wait', untilAt: undefined },
    ],
    ['asks before it judges, where it can', probing, { now: 15_000 }, { action: 'ask', dueAt: 20_000 }],
    [
      'kills nothing on a doubt it cannot check',
      reply,
      { now: 1_000, doubted: true },
      { action: 'wait', untilAt: 15_000 },
    ],
    [
      'gives queued frames time when doubted after the deadline',
      reply,
      { now: 99_000, doubted: true, overslept: true },
      { action: 'grace', untilAt: 99_000 + GRACE_MS },
    ],
    ['probes on a doubt', probing, { now: 1_000, doubted: true }, { action: 'ask', dueAt: 6_000 }],
    [
      'probes on a doubt before the interval is known',
      { ...probing, intervalMs: undefined },
      { now: 1_000, doubted: true },
      { action: 'ask', dueAt: 6_000 },
    ],
    [
      'gives queued frames time after a sleep',
      reply,
      { now: 90_000, overslept: true },
      { action: 'grace', untilAt: 91_000 },
    ],
    ['pings after the interval of silence', ping, { now: 25_000 }, { action: 'ask', dueAt: 35_000 }],
    ['does not ping while frames arrive', ping, { now: 25_000, heardAt: 24_000 }, { action: 'wait', untilAt: 49_000 }],
    ['pings at once on a doubt', ping, { now: 10, doubted: true }, { action: 'ask', dueAt: 5_010 }],
    ['waits for the answer', ping, { now: 30_000, question: asked }, { action: 'wait', untilAt: 35_000 }],
    [
      'waits less long for the answer on a doubt',
      ping,
      { now: 26_000, question: asked, doubted: true },
      { action: 'wait', untilAt: 31_000 },
    ],
    ['takes no answer for death', ping, { now: 35_000, question: asked }, { action: 'dead' }],
    [
      'gives a queued answer time after a sleep',
      ping,
      { now: 95_000, question: asked, overslept: true },
      { action: 'grace', untilAt: 96_000 },
    ],
    [
      'F12 extends the wait while the send buffer shrinks',
      ping,
      { now: 35_000, question: { dueAt: 35_000, bufferedBytes: 900 }, bufferedBytes: 400 },
      { action: 'extend', untilAt: 45_000 },
    ],
    [
      'F12 does not extend it while the send buffer stands still',
      ping,
      { now: 35_000, question: { dueAt: 35_000, bufferedBytes: 900 }, bufferedBytes: 900 },
      { action: 'dead' },
    ],
  ]
  for (const [title, policy, given, expected] of rows) {
    it(title, () => {
      expect(judge(policy, facts(given))).toEqual(expected)
    })
  }
})

describe('beats', () => {
  const beatsAt = (...times: number[]) =>
    times.reduce((beats, at) => countBeat(beats, { at, timeoutMs: 10_000 }).beats, noBeats)

  it('give no interval before the second', () => {
    expect(learntInterval(beatsAt(0))).toBeUndefined()
  })

  it('give the largest of the last three gaps', () => {
    expect(learntInterval(beatsAt(0, 9_000, 14_000, 19_000))).toBe(9_000)
    expect(learntInterval(beatsAt(0, 9_000, 14_000, 19_000, 25_000))).toBe(6_000)
  })

  it('do not learn from a gap beyond the interval and the timeout', () => {
    expect(learntInterval(beatsAt(0, 5_000, 3_600_000, 3_605_000))).toBe(5_000)
  })

  it('F68 that come within a second of the last are neither counted nor measured', () => {
    expect(countBeat(beatsAt(0), { at: 999, timeoutMs: 10_000 })).toEqual({ beats: beatsAt(0), counted: false })
    expect(countBeat(beatsAt(0), { at: 1_000, timeoutMs: 10_000 }).counted).toBe(true)
  })
})
