import { describe, expect, it } from 'vitest'
import { misordered } from './link-ledger.ts'

const at = (o: number, c = 'room') => ({ type: 'say', sw: { c, o } })
const subd = { type: 'sw.subd', sw: { id: 1, c: 'room', st: 'new' } }
const ack = (rx: number) => ({ type: 'sw.ack', sw: { rx } })

describe('misordered', () => {
  it.each([
    ['one after the other', [subd, at(1), at(2), ack(1), ack(2)], 0],
    ['anew after a subscription or a gap', [at(5), subd, at(1), { type: 'sw.gap', sw: { c: 'room' } }, at(9)], 0],
    ['of two topics', [at(1), at(7, 'hall'), at(2), at(8, 'hall')], 0],
    ['twice', [at(1), at(1)], 1],
    ['with a hole', [at(1), at(3)], 1],
    ['back', [subd, at(2), at(1)], 1],
    ['acknowledged back', [ack(2), ack(1)], 1],
  ])('counts what is wrong with messages %s', (_, told, wrong) => {
    expect(misordered(told)).toHaveLength(wrong)
  })
})
