import type { WebSocket } from 'ws'
import { Bench, type BenchOptions } from './bench.ts'
import { Skip, type Check } from './check.ts'
import { MISUSE_CHECKS } from './misuse-checks.ts'
import { PLAIN_CHECKS } from './plain-checks.ts'
import type { CheckResult, ConformanceLevel, ConformanceOptions, ConformanceReport } from './report.ts'
import { SESSION_CHECKS } from './session-checks.ts'
import { TOPIC_CHECKS } from './topic-checks.ts'

/**
 * Checks any server over the wire. Needs the package `ws`. Resolves also when the server cannot be reached: then everything fails.
 *
 * @throws {Error} when `ws` is not installed.
 * @example
 * const report = await runConformance({ url: 'ws://127.0.0.1:8080', token: 'secret', level: 'sw' })
 * report.results.filter(({ outcome }) => outcome === 'failed')
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { url, level = 'plain', only = '' } = options
  const constructor = await loadWebSocket()
  const bench = resolve(options)
  const results: CheckResult[] = []
  for (const check of checksOf(level)) {
    // One after the other: the topic is shared, and so may be the server's patience.
    if (check.id.includes(only)) results.push(await runCheck(check, new Bench(bench, constructor)))
  }
  const failed = results.some(({ need, outcome }) => need === 'MUST' && outcome === 'failed')
  const passed = results.some(({ outcome }) => outcome === 'passed')
  return { url, level, conforms: passed && !failed, results }
}

function checksOf(level: ConformanceLevel): readonly Check[] {
  if (level === 'plain') return PLAIN_CHECKS
  return [...PLAIN_CHECKS, ...SESSION_CHECKS, ...TOPIC_CHECKS, ...MISUSE_CHECKS]
}

function resolve(options: ConformanceOptions): BenchOptions {
  const { url, token, otherToken, wrongToken = 'statewire-conformance-wrong' } = options
  const { topic = 'statewire-conformance', timeoutMs = 5_000, quietMs = 300, heartbeat = false } = options
  return { url, token, otherToken, wrongToken, topic, timeoutMs, quietMs, heartbeat }
}

async function runCheck(check: Check, bench: Bench): Promise<CheckResult> {
  const { id, need, rule } = check
  const began = performance.now()
  const result = (outcome: CheckResult['outcome'], why?: string): CheckResult => {
    const ms = Math.round(performance.now() - began)
    return { id, need, rule, outcome, ...(why !== undefined && { why }), ms }
  }
  try {
    await check.run(bench)
    return result('passed')
  } catch (error) {
    return result(error instanceof Skip ? 'skipped' : 'failed', error instanceof Error ? error.message : String(error))
  } finally {
    bench.end()
  }
}

async function loadWebSocket(): Promise<typeof WebSocket> {
  try {
    return (await import('ws')).WebSocket
  } catch (cause) {
    throw new Error('The conformance checks need the package "ws": npm install --save-dev ws', { cause })
  }
}
