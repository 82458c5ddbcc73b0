import { describe, expect, it } from 'vitest'
import { createLedger, type Ledger, type LedgerViolation } from '@statewire/testing'

type Kind = LedgerViolation['kind']
type Row = readonly [title: string, run: (ledger: Ledger) => void, kinds: readonly Kind[]]

/** Runs a story; returns the kinds of what was wrong. */
function kindsOf(run: (ledger: Ledger) => void): Kind[] {
  const ledger = createLedger()
  run(ledger)
  expect(ledger.check()).toEqual(ledger.check())
  return ledger.check().map(({ kind }) => kind)
}

/** Accepts and settles messages 1 to n of sender 'a'. */
function delivered(ledger: Ledger, count: number): void {
  for (let n = 1; n <= count; n++) {
    ledger.accepted('a', n, { n })
    ledger.settled('a', n, 'ok')
  }
}

describe('ledger of messages', () => {
  it.each<Row>([
    ['nothing', () => {}, []],
    [
      'each applied once, in order',
      (ledger) => {
        delivered(ledger, 2)
        ledger.applied('a', 1, { n: 1 })
        ledger.applied('a', 2, { n: 2 })
      },
      [],
    ],
    [
      'two senders that interleave',
      (ledger) => {
        delivered(ledger, 2)
        ledger.accepted('b', 1)
        ledger.settled('b', 1, 'ok')
        ledger.applied('a', 1)
        ledger.applied('b', 1)
        ledger.applied('a', 2)
      },
      [],
    ],
    [
      'a rejected one that is not applied, with the next one',
      (ledger) => {
        ledger.accepted('a', 'x')
        ledger.settled('a', 'x', 'rejected')
        ledger.accepted('a', 'y')
        ledger.settled('a', 'y', 'ok')
        ledger.applied('a', 'y')
      },
      [],
    ],
    [
      'one given up that was applied, and one that was not',
      (ledger) => {
        for (const n of [1, 2]) ledger.accepted('a', n)
        for (const n of [1, 2]) ledger.settled('a', n, 'unknown')
        ledger.applied('a', 1)
      },
      [],
    ],
    ['lost', (ledger) => delivered(ledger, 1), ['lost']],
    [
      'duplicated',
      (ledger) => {
        delivered(ledger, 1)
        ledger.applied('a', 1)
        ledger.applied('a', 1)
      },
      ['duplicated'],
    ],
    [
      'given up and duplicated',
      (ledger) => {
        ledger.accepted('a', 1)
        ledger.settled('a', 1, 'unknown')
        ledger.applied('a', 1)
        ledger.applied('a', 1)
      },
      ['duplicated'],
    ],
    [
      'reordered',
      (ledger) => {
        delivered(ledger, 3)
        for (const n of [2, 1, 3]) ledger.applied('a', n)
      },
      ['reordered'],
    ],
    [
      'altered',
      (ledger) => {
        delivered(ledger, 1)
        ledger.applied('a', 1, { n: 2 })
      },
      ['altered'],
    ],
    [
      'applied though rejected',
      (ledger) => {
        ledger.accepted('a', 1)
        ledger.settled('a', 1, 'rejected')
        ledger.applied('a', 1)
      },
      ['applied though rejected'],
    ],
    ['applied and never accepted', (ledger) => ledger.applied('a', 1), ['never accepted']],
    ['settled and never accepted', (ledger) => ledger.settled('a', 1, 'ok'), ['never accepted']],
    [
      'accepted twice',
      (ledger) => {
        delivered(ledger, 1)
        ledger.accepted('a', 1)
        ledger.applied('a', 1)
      },
      ['accepted twice'],
    ],
    [
      'settled twice',
      (ledger) => {
        delivered(ledger, 1)
        ledger.settled('a', 1, 'ok')
        ledger.applied('a', 1)
      },
      ['settled twice'],
    ],
    [
      'never settled, applied',
      (ledger) => {
        ledger.accepted('a', 1)
        ledger.applied('a', 1)
      },
      ['never settled'],
    ],
    ['never settled, lost', (ledger) => ledger.accepted('a', 1), ['never settled', 'lost']],
  ])('%s', (_title, run, kinds) => {
    expect(kindsOf(run)).toEqual(kinds)
  })

  it('compares what was accepted, not what became of it', () => {
    const ledger = createLedger()
    const payload = { n: 1 }
    ledger.accepted('a', 1, payload)
    ledger.settled('a', 1, 'ok')
    payload.n = 2
    ledger.applied('a', 1, payload)
    expect(ledger.check()).toEqual([{ kind: 'altered', text: 'a: message 1 was altered' }])
  })
})

/** Numbers are received offsets, of one log; `!` is a resync. */
const streams: readonly (readonly [string, readonly (number | string)[], readonly Kind[]])[] = [
  ['contiguous from anywhere', [7, 8, 9], []],
  ['a hole that was told of', [1, 2, '!', 9, 10], []],
  ['a resync before anything', ['!', 4, 5], []],
  ['a resync and nothing after', [1, '!'], []],
  ['back, told of', [8, 9, '!', 3, 4], []],
  ['another log, told of', [8, '!', 'other 1', 'other 2'], []],
  ['a hole', [1, 2, 4, 5], ['hole']],
  ['two holes, the second told of', [1, 3, '!', 9], ['hole']],
  ['two holes, the first told of', [1, '!', 3, 9], ['hole']],
  ['the same again', [1, 2, 2, 3], ['repeated']],
  ['back', [5, 4, 5], ['repeated']],
  ['another log', [8, 'other 9'], ['hole']],
  ['told of twice', [1, '!', '!', 9], ['resynced twice']],
  ['told of three times', [1, '!', '!', '!', 9], ['resynced twice']],
  ['told of when it is too late', [1, 9, '!'], ['hole']],
]

describe('ledger of a topic', () => {
  it.each(streams)('%s: %j', (_title, story, kinds) => {
    const run = (ledger: Ledger): void => {
      for (const step of story) {
        const [epoch, offset] = typeof step === 'number' ? ['', step] : step.split(' ')
        if (step === '!') ledger.resynced('r')
        else ledger.received('r', { epoch: epoch ?? '', offset: Number(offset) })
      }
    }
    expect(kindsOf(run)).toEqual(kinds)
  })

  it('keeps subscribers apart', () => {
    const kinds = kindsOf((ledger) => {
      ledger.received('a', { offset: 1 })
      ledger.received('b', { offset: 5 })
      ledger.resynced('b')
      ledger.received('a', { offset: 3 })
      ledger.received('b', { offset: 9 })
    })
    expect(kinds).toEqual(['hole'])
  })
})
