import { createHub, ServerError, type HubOptions } from '@statewire/server'
import { describe, expect, it } from 'vitest'

describe('options', () => {
  it.each<[string, HubOptions]>([
    ['limits.burst', { limits: { burst: 0 } }],
    ['limits.authMs', { limits: { authMs: NaN } }],
    ['limits.frameBytes', { limits: { frameBytes: '64k' as never } }],
    ['heartbeat.intervalMs', { heartbeat: { intervalMs: -1 } }],
    ['session.ttlMs', { session: { ttlMs: 0 } }],
    ['topics.retention.messages', { topics: { retention: { messages: 0 } } }],
    ['messages.say', { messages: { say: 'no function' as never } }],
    ['authenticate', { authenticate: true as never }],
  ])('names %s when it is wrong', (name, options) => {
    expect(() => createHub(options)).toThrow(ServerError)
    expect(() => createHub(options)).toThrow(`Option "${name}" must be`)
  })
})
