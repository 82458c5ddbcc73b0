import { createFakes, FakeClock } from '@statewire/testing'
import { createClient } from '@statewire/core'
import { describe, it } from 'vitest'

describe('setup', () => {
  it.fails.each(['error', 'warn', 'log', 'info', 'debug'] as const)('fails a test that calls console.%s', (method) => {
    console[method]('unexpected')
  })

  it('lets a quiet test pass, right after a loud one', () => {})

  it.fails('fails a test that leaves a timer', () => {
    new FakeClock().schedule(1, () => {})
  })

  it.fails('fails a test that leaves a client', async () => {
    const { env, transport } = createFakes()
    await createClient({ url: 'ws://fake', env, transport }).connect()
  })
})
