import { createHub, ServerError, type HubOptions } from '@statewire/server'
import { describe, expect, it } from 'vitest'

describe('options', () => {
  it.each<[string, HubOptions]>([
    ['limits.burst', { limits: { burst: 0 } }],
    ['limits.authMs', { limits: { authMs: NaN } }],
    ['limits.frameBytes', { limits: { frameBytes: '64k' as never } }],
    ['limits.frameBytes', { limits: { frameBytes: Infinity } }],
    ['heartbeat.intervalMs', { heartbeat: { intervalMs: -1 } }],
    ['heartbeat.intervalMs', { heartbeat: { intervalMs: Infinity } }],
    ['heartbeat.timeoutMs', { heartbeat: { timeoutMs: 1.5 } }],
    ['session.ttlMs', { session: { ttlMs: 0 } }],
    ['session.ttlMs', { session: { ttlMs: Infinity } }],
    ['session.dedupeMs', { session: { dedupeMs: 2 ** 53 } }],
    ['topics.retention.messages', { topics: { retention: { messages: 0 } } }],
    ['messages.say', { messages: { say: 'no function' as never } }],
    ['authenticate', { authenticate: true as never }],
    ['joinFrames', { joinFrames: 1 as never }],
  ])('names %s when it is wrong', (name, options) => {
    expect(() => createHub(options)).toThrow(ServerError)
    expect(() => createHub(options)).toThrow(`Option "${name}" must be`)
  })

  it.each([{ retryMs: -1 }, { retryMs: 1.5 }, { spreadMs: Infinity }, { deadlineMs: NaN }])(
    'of drain are refused when clients could not read them, and nothing is drained: %j',
    async (options) => {
      const hub = createHub()
      expect(() => hub.drain(options)).toThrow(`Option "drain.${Object.keys(options)[0]}" must be`)
      const closed: number[] = []
      const link = hub.accept({
        send: () => {},
        close: (code) => closed.push(code),
        terminate: () => {},
        bufferedBytes: 0,
      })
      expect(closed).toEqual([])
      link.closed()
      await hub.close()
    },
  )
})
