import { describe, expect, it } from 'vitest'
import { charge, pauseMs, take, verdict } from '../../src/hub/token-bucket.ts'

const limits = { perSecond: 50, burst: 200 }

describe('token bucket', () => {
  it.each([
    ['takes one', { tokens: 200, at: 0 }, 0, 199],
    ['fills by time', { tokens: 0, at: 1_000 }, 1_100, 4],
    ['fills no further than the burst', { tokens: 0, at: 0 }, 60_000, 199],
    ['goes below zero on credit', { tokens: 0, at: 0 }, 0, -1],
  ])('%s', (_, bucket, now, tokens) => {
    expect(take(bucket, now, limits)).toEqual({ tokens, at: now })
  })

  it('charges more at the same moment', () => {
    expect(charge({ tokens: 3, at: 7 }, 5)).toEqual({ tokens: -2, at: 7 })
  })

  it.each([
    [200, 'ok'],
    [0, 'ok'],
    [-1, 'slow'],
    [-200, 'slow'],
    [-201, 'over'],
  ])('judges %d tokens as %s', (tokens, expected) => {
    expect(verdict({ tokens, at: 0 }, limits)).toBe(expected)
  })

  it.each([
    [-1, 520],
    [-200, 4_500],
    [25, 0],
    [200, 0],
  ])('at %d tokens reads on after %d ms', (tokens, expected) => {
    expect(pauseMs({ tokens, at: 0 }, limits)).toBe(expected)
  })
})
