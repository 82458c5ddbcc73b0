import { describe, it } from 'vitest'

describe('setup', () => {
  it.fails.each(['error', 'warn', 'log', 'info', 'debug'] as const)('fails a test that calls console.%s', (method) => {
    console[method]('unexpected')
  })

  it('lets a quiet test pass, right after a loud one', () => {})
})
