import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { setup } from '../../testing/test/build.ts'

const RUNNER = fileURLToPath(new URL('../run.mjs', import.meta.url))
const FAULTS = fileURLToPath(new URL('../run-faults.mjs', import.meta.url))
const AREAS = [
  'message',
  'dashboard',
  'fanout',
  'latest',
  'rows',
  'dispatch',
  'size',
  'series',
  'loopback',
  'latency',
  'reconnect',
  'memory',
  'load',
  'hostile',
]

interface Results {
  readonly area: string
  readonly quick: boolean
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

interface Cell {
  readonly fault: string
  readonly name: string
  readonly text: string
}

/** Runs areas as short as they can be, two at a time: nothing here looks at a time. */
async function runQuickly(): Promise<{ folder: string; printed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'statewire-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const parts = [0, 1].map((part) => AREAS.filter((_, index) => index % 2 === part))
  const run = promisify(execFile)
  const outputs = await Promise.all(
    parts.map((part) => run(process.execPath, [RUNNER, ...part, '--quick', '--to', folder], { timeout: 170_000 })),
  )
  return { folder, printed: outputs.map(({ stdout }) => stdout).join('') }
}

describe('the benchmarks', () => {
  // They run over what is built, as users get it.
  beforeAll(setup, 120_000)

  it('measure every area against its floor and tell it as JSON and as a table', { timeout: 180_000 }, async () => {
    const { folder, printed } = await runQuickly()
    for (const area of AREAS) {
      const results = JSON.parse(readFileSync(join(folder, `${area}.json`), 'utf8')) as Results
      expect(results, area).toMatchObject({ area, quick: true, versions: { vue: expect.any(String) as string } })
      expect(results.rows.length, area).toBeGreaterThan(2)
      for (const row of results.rows) {
        expect(row, area).toMatchObject({
          table: expect.any(String) as string,
          subject: expect.any(String) as string,
          column: expect.any(String) as string,
          median: expect.any(Number) as number,
        })
        expect(printed, area).toContain(String(row['subject']))
      }
      expect(
        results.rows.some(({ subject }) => String(subject).startsWith('statewire')),
        area,
      ).toBe(true)
    }
  })

  it('run a fault against each peer, and tell of each what it did', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'statewire-faults-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const given = [FAULTS, '--only', 'P8b,P11,P13', '--to', folder]
    const { stdout } = await promisify(execFile)(process.execPath, given, { timeout: 55_000 })
    const { cells } = JSON.parse(readFileSync(join(folder, 'faults.json'), 'utf8')) as { cells: Cell[] }
    expect(cells).toHaveLength(3 * 7)
    expect(cells.filter(({ text }) => /^(did not end|failed)/.test(text))).toEqual([])
    const ours = cells.filter(({ name, fault }) => name.startsWith('statewire') && fault !== 'P13')
    expect(ours.map(({ text }) => text)).toEqual([...Array<string>(2).fill('next one delivered; link kept'), '1', '1'])
    expect(stdout).toContain('| P11: Connect, disconnect')
  })
})
