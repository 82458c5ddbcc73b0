import { createLedger } from '@statewire/testing'
import type { Told } from './links.ts'

/**
 * What is wrong with the order of what one link was sent: each topic without a hole, a repetition or a step back from one
 * `sw.subd`, `sw.welcome` or `sw.gap` to the next, and acknowledgements that never go back.
 */
export function misordered(told: readonly Told[]): string[] {
  const ledger = createLedger()
  const parts = new Map<string, number>()
  const found: string[] = []
  let acked = 0
  for (const { type, sw = {} } of told) {
    const { c, o, rx } = sw as { c?: string; o?: number; rx?: number }
    const topic = type === 'sw.welcome' ? '#' : c
    if (['sw.welcome', 'sw.subd', 'sw.gap'].includes(type)) parts.set(topic ?? '', (parts.get(topic ?? '') ?? 0) + 1)
    else if (c !== undefined && o !== undefined) ledger.received(`${c}, part ${parts.get(c) ?? 0}`, { offset: o })
    if (type !== 'sw.ack' || rx === undefined) continue
    if (rx < acked) found.push(`acknowledged ${rx} after ${acked}`)
    acked = rx
  }
  return [...found, ...ledger.check().map(({ text }) => text)]
}
