import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pages, type Action } from './pages.ts'

/** How many schedules one run tries. */
const RUNS = Math.min(2_000, Math.ceil(Number(process.env['STATEWIRE_SCHEDULES'] ?? 2_000) / 5))
const BUDGET_MS = 300_000

const count = fc.integer({ min: 1, max: 10 })
const page = fc.nat({ max: 2 })
const simple = <Name extends string>(...names: Name[]) => fc.constantFrom(...names).map((name) => ({ do: name }))

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('publish' as const), count, page }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), count, page }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'close' as const), page }) },
  { weight: 6, arbitrary: simple('open') },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 150 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('blackhole' as const),
      direction: fc.constantFrom('up' as const, 'down' as const, 'both' as const),
    }),
  },
  { weight: 5, arbitrary: simple('cut', 'heal', 'kill', 'start') },
) as fc.Arbitrary<Action>

/** Runs a schedule and returns everything that is not as promised. */
async function violations(seed: number, actions: readonly Action[]): Promise<string[]> {
  const pages = new Pages(seed)
  const log = await pages.run([{ do: 'open' }, ...actions])
  const wrong: string[] = [...pages.problems]
  const applied = new Set(log)
  if (applied.size !== log.length) wrong.push(`applied twice: ${log.join()}`)
  for (const id of pages.promised) if (!applied.has(id)) wrong.push(`publication ${id} was lost`)
  for (const number of new Set(pages.by)) {
    const own = log.filter((id) => pages.by[id] === number)
    if (own.some((id, index) => index > 0 && own[index - 1]! > id)) wrong.push(`page ${number}: ${own.join()}`)
  }
  if (pages.left.length > 0) wrong.push(`still kept: ${pages.left.join()}`)
  const timers = await pages.end()
  if (timers.length > 0) wrong.push(`timers left: ${timers.join()}`)
  return wrong
}

describe('pages that come and go at random', () => {
  it(
    'F136 lose nothing that was kept, apply nothing twice, and keep the order of each',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.array(action, { minLength: 3, maxLength: 25 }), async (seed, actions) => {
          expect(await violations(seed, actions)).toEqual([])
        }),
        { numRuns: RUNS, interruptAfterTimeLimit: BUDGET_MS, markInterruptAsFailure: true },
      )
    },
    BUDGET_MS + 10_000,
  )
})
