import { afterEach, describe, expect, it } from 'vitest'
import { createClient, type ClientOptions } from '../src/index.ts'
import { ERROR_TEXTS } from '../src/lib/error-texts.ts'
import { StatewireError, useErrorTexts } from '../src/lib/errors.ts'

/** As in production: no texts are loaded. */
function setup() {
  useErrorTexts(undefined)
}

afterEach(() => useErrorTexts(ERROR_TEXTS))

function thrownBy(act: () => unknown): StatewireError {
  try {
    act()
  } catch (error) {
    if (StatewireError.is(error)) return error
  }
  throw new Error('It threw no StatewireError.')
}

const wrong = (options: object): StatewireError =>
  thrownBy(() => createClient({ url: 'ws://x', ...options } as ClientOptions))

describe('the texts of errors', () => {
  it('say what happened and the way out once the development entry is loaded', async () => {
    setup()
    await import('../src/development.ts')
    expect(new StatewireError('SCHEMA', { messageType: 'tick', issues: ['a: number expected'] }).message).toBe(
      'A "tick" message does not fit its schema and was dropped: a: number expected.',
    )
  })

  it('suggest the option that was meant', () => {
    const error = wrong({ reconect: { maxAttempts: 3 } })
    expect(error.message).toContain('(did you mean "reconnect"?)')
    expect(error.details).toMatchObject({ option: 'reconect', known: expect.arrayContaining(['reconnect', 'url']) })
  })
})

describe('errors without texts', () => {
  it('say code and details, and where more is said', () => {
    setup()
    const error = new StatewireError('SCHEMA', { messageType: 'tick', issues: ['a: number expected'] })
    expect(error.message).toBe(
      'SCHEMA {"messageType":"tick","issues":["a: number expected"]} (the development build says more)',
    )
    expect(error).toMatchObject({ name: 'StatewireError', code: 'SCHEMA', details: { messageType: 'tick' } })
    expect(StatewireError.is(error, 'SCHEMA')).toBe(true)
  })

  it('have the same code and details as with texts', () => {
    const options = { reconnect: { maxAttempts: '5' } }
    const { code, details } = wrong(options)
    setup()
    expect(wrong(options)).toMatchObject({ code, details })
  })

  it.each([
    ['a string', '500', '"500"'],
    ['a number', -1, '-1'],
    ['no number', Number.NaN, '"(NaN)"'],
    ['nothing', null, '"(null)"'],
    ['a bigint', 5n, '"(5)"'],
  ])('show %s that was received', (_, received, text) => {
    setup()
    expect(wrong({ openTimeoutMs: received }).message).toContain(`"received":${text}}`)
  })

  it.each([
    ['an object', { deep: { token: 'secret' } }],
    ['an array', ['secret']],
    ['a function', () => 'secret'],
    ['what writes itself', { toJSON: () => 'secret' }],
  ])('never show what is in %s', (_, received) => {
    setup()
    const { message } = new StatewireError('INVALID_OPTION', { option: 'flush', expected: 'a mode', received })
    expect(message).toMatch(/^INVALID_OPTION \{"option":"flush","expected":"a mode","received":/)
    expect(message).not.toContain('secret')
  })

  it('never show a value that may hold a token', () => {
    setup()
    expect(wrong({ url: { token: 'secret' } }).message).not.toContain('secret')
    expect(wrong({ tokn: 'secret' }).message).not.toContain('secret')
  })

  it('stay short, however long the details', () => {
    setup()
    expect(new StatewireError('FAILED', { reason: 'x'.repeat(10_000) }).message.length).toBeLessThan(400)
  })
})
