import { FakeClock } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { MemoryLogs } from '../src/backplane/memory-logs.ts'
import { resolveEnv } from '../src/env.ts'

const RETENTION = { messages: 3, ttlMs: 60_000 }

function setup() {
  const clock = new FakeClock()
  const logs = new MemoryLogs(resolveEnv({ clock }), { topics: 9, sessions: 9 })
  const publish = (topic: string, retention = RETENTION) => {
    const log = logs.toAppend(topic)
    log.append('payload', clock.monotonic())
    log.trim(clock.monotonic(), retention)
    return log
  }
  return { clock, logs, publish }
}

describe('logs in memory', () => {
  it.each<[string, (logs: MemoryLogs) => void]>([
    ['is told to tidy up', (logs) => logs.tidy()],
    ['is asked for another topic', (logs) => void logs.toRead('other')],
    ['is asked for a private topic', (logs) => void logs.toRead('#ann')],
    ['is published to', (logs) => void logs.toAppend('other')],
  ])('let go of old messages, in each topic by its own retention, when one %s', (_, ask) => {
    const { clock, logs, publish } = setup()
    const room = publish('room')
    const long = publish('long', { messages: 3, ttlMs: 90_000 })
    const direct = publish('#ann')
    clock.advance(60_000)
    ask(logs)
    expect([room.size, long.size, direct.size]).toEqual([0, 1, 0])
    expect(logs.toRead('room')).toBe(room)
    expect(room.top.offset).toBe(1)
  })

  it('go with the session they are private to', () => {
    const { logs, publish } = setup()
    const direct = publish('#ann')
    logs.sessionEnded('bob')
    expect(logs.toRead('#ann')).toBe(direct)
    logs.sessionEnded('ann')
    expect(logs.toRead('#ann')).not.toBe(direct)
  })
})
