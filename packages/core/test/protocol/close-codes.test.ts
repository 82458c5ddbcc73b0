import { describe, expect, it } from 'vitest'
import { defaultCloseVerdict, RETRY_LATER_MS } from '../../src/protocol/close-codes.ts'

const setup = (code: number) => defaultCloseVerdict({ code, reason: '', wasOpen: true })

describe('defaultCloseVerdict', () => {
  it.each([1000, 1001, 1005, 1006, 1012, 1014, 1015, 3000, 4000, 4008, 4399, 4408, 4500])(
    'takes %i for an ordinary loss',
    (code) => expect(setup(code)).toEqual({ action: 'retry' }),
  )

  it('holds off for a second when another connection took the session over', () =>
    expect(setup(4009)).toEqual({ action: 'retryLater', afterMs: 1_000 }))

  it.each([1008, 1009, 1011])('waits longer after %i', (code) =>
    expect(setup(code)).toEqual({ action: 'retry', penalty: 2 }),
  )

  it.each([1013, 4029, 4429])('comes back later after %i', (code) => {
    expect(setup(code)).toEqual({ action: 'retryLater', afterMs: RETRY_LATER_MS })
  })

  it('asks for a new token after 4401', () => expect(setup(4401)).toEqual({ action: 'refreshAuth' }))

  it.each([1002, 1003, 1007, 1010, 4400, 4402, 4403, 4409, 4499])('gives up after %i', (code) =>
    expect(setup(code)).toEqual({ action: 'fatal' }),
  )
})
