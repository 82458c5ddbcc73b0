import { openMetrics, OPEN_METRICS_TYPE } from '@statewire/server/metrics'
import { describe, expect, it } from 'vitest'
import { numbered, setupHub } from './hub/links.ts'

describe('openMetrics', () => {
  it('writes every figure of the snapshot as OpenMetrics text, and no id', async () => {
    const { hub, connect } = setupHub({ messages: { say: () => {} } })
    const client = await connect()
    await client.say(numbered(1), numbered(1))
    const text = await openMetrics(hub)
    expect(text).toContain('\nstatewire_connections 1\n')
    expect(text).toContain('\nstatewire_duplicates_total 1\n')
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(text.match(/^# TYPE/gm)).toHaveLength(Object.keys(hub.metrics()).length)
    expect(text).not.toContain(client.sid)
    expect(OPEN_METRICS_TYPE).toContain('application/openmetrics-text')
  })
})
