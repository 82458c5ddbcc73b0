import { describe, expect, it } from 'vitest'
import { judgeQuality, type QualityFacts } from '../../src/connection/quality.ts'
import { connected, setup } from '../client-setup.ts'

const calm: QualityFacts = { latencyMs: 20, unansweredMs: 0, overdueMs: 0, stuckMs: 0 }

describe('judgeQuality', () => {
  const rows: readonly [Partial<QualityFacts>, ReturnType<typeof judgeQuality>][] = [
    [{}, 'good'],
    [{ latencyMs: undefined }, 'good'],
    [{ latencyMs: 999 }, 'good'],
    [{ latencyMs: 1_000 }, 'slow'],
    [{ latencyMs: 60_000 }, 'slow'],
    [{ unansweredMs: 1_000 }, 'slow'],
    [{ unansweredMs: 5_000 }, 'stalled'],
    [{ overdueMs: 1_000 }, 'slow'],
    [{ overdueMs: 5_000 }, 'stalled'],
    [{ stuckMs: 1_000 }, 'slow'],
    [{ stuckMs: 5_000 }, 'stalled'],
  ]
  for (const [facts, expected] of rows) {
    it(`${JSON.stringify(facts)}: ${expected}`, () => {
      expect(judgeQuality({ ...calm, ...facts })).toBe(expected)
    })
  }
})

describe('quality', () => {
  it('is undefined unless open', async () => {
    const { client } = setup()
    expect([client.quality, client.latencyMs]).toEqual([undefined, undefined])
    await client.connect()
    expect(client.quality).toBe('good')
  })

  it('S8 tells when messages may be late: send buffer stuck, then moving again', async () => {
    const { client, network, pass } = await connected()
    const told: unknown[] = []
    client.on('quality', ({ quality }) => told.push(quality))
    await pass(3_000)
    network.last.bufferedBytes = 5_000
    await pass(7_000, 500)
    network.last.bufferedBytes = 0
    await pass(2_000)
    client.dispose()
    expect(told).toEqual(['slow', 'stalled', 'good', undefined])
  })

  it('S8 tells when the server is overdue', async () => {
    const { client, pass } = await connected({
      client: { heartbeat: { mode: 'watch', intervalMs: 5_000, timeoutMs: 10_000 } },
    })
    await pass(6_500)
    expect(client.quality).toBe('slow')
    await pass(4_000)
    expect(client.quality).toBe('stalled')
  })

  it('S8 measures the way of a ping and back', async () => {
    const { client, server, pass } = await connected({ client: { heartbeat: { mode: 'ping', intervalMs: 5_000 } } })
    await pass(5_000)
    await pass(1_500)
    expect(client.quality).toBe('slow')
    server.send('pong')
    expect([client.latencyMs, client.quality]).toEqual([1_500, 'slow'])
    await pass(5_000)
    server.send('pong')
    expect(client.quality).toBe('good')
  })

  it('samples nothing for nobody', async () => {
    const { client, clock, pass } = await connected({ client: { heartbeat: false } })
    await pass(20_000)
    expect(clock.pending).toEqual([])
    const stop = client.on('quality', () => {})
    expect(clock.pending).toHaveLength(1)
    stop()
    await pass(1_000)
    expect(clock.pending).toEqual([])
  })
})
