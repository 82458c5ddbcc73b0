import { describe, expect, it } from 'vitest'
import { connectionText } from '../src/lib/connection-text.ts'
import type { ConnectionFacts } from '../src/lib/connection-text.ts'

const NOW = 1_000_000

function setup(facts: Partial<ConnectionFacts>) {
  const { tone, label, detail, announcement } = connectionText(
    { status: 'idle', reason: undefined, attempt: 0, since: NOW, nextRetryAt: undefined, ...facts },
    NOW,
  )
  return { tone, label, detail, announcement }
}

describe('connectionText', () => {
  it.each<[Partial<ConnectionFacts>, string, string]>([
    [{ status: 'idle' }, 'off', 'Stopped'],
    [{ status: 'preparing', attempt: 1 }, 'busy', 'Connecting'],
    [{ status: 'connecting', attempt: 1 }, 'busy', 'Connecting'],
    [{ status: 'connecting', attempt: 2, reason: 'closed' }, 'lost', 'Reconnecting (attempt 2)'],
    [{ status: 'authenticating', attempt: 1 }, 'busy', 'Signing in'],
    [{ status: 'open' }, 'live', 'Live'],
    [
      { status: 'waiting', attempt: 2, reason: 'closed', nextRetryAt: NOW + 2_001 },
      'lost',
      'Disconnected, reconnecting in 3 s (attempt 2)',
    ],
    [
      { status: 'waiting', attempt: 2, reason: 'closed', nextRetryAt: NOW - 5 },
      'lost',
      'Disconnected, reconnecting in 0 s (attempt 2)',
    ],
    [{ status: 'suspended', reason: 'hidden' }, 'off', 'Paused'],
    [{ status: 'failed', attempt: 5, reason: 'exhausted' }, 'failed', 'Gave up'],
    [{ status: 'closed', reason: 'requested' }, 'off', 'Stopped'],
  ])('%j: %s, "%s"', (facts, tone, label) => {
    expect(setup(facts)).toMatchObject({ tone, label })
  })

  it('tells the cause beside the countdown, and keeps the countdown out of what is read aloud', () => {
    const text = setup({ status: 'waiting', attempt: 2, reason: 'heartbeat', nextRetryAt: NOW + 3_000 })
    expect(text.detail).toBe('The server went silent.')
    expect(text.announcement).not.toMatch(/\d s/)
  })
})
