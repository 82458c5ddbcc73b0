import { describe, expect, it } from 'vitest'
import { placeOf, whyLost } from '../../src/hub/place.ts'

const at = { epoch: 'e', offset: 7 }

describe('placeOf', () => {
  it.each([
    ['e', 8, 'next'],
    ['e', 7, 'seen'],
    ['e', 1, 'seen'],
    ['e', 9, 'hole'],
    ['other', 8, 'hole'],
    ['other', 1, 'hole'],
  ])('epoch %s, offset %d: %s', (epoch, offset, expected) => {
    expect(placeOf(at, epoch, offset)).toBe(expected)
  })
})

describe('whyLost', () => {
  it.each([
    [{ epoch: 'other', offset: 7 }, 'epoch'],
    [{ epoch: 'e', offset: 6 }, 'rollback'],
    [{ epoch: 'e', offset: 7 }, 'trimmed'],
    [{ epoch: 'e', offset: 99 }, 'trimmed'],
  ])('the end is %o: %s', (top, expected) => {
    expect(whyLost(at, top)).toBe(expected)
  })
})
