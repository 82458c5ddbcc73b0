import fc from 'fast-check'
import { expect, it } from 'vitest'
import { World, type Action } from './world.ts'

/** How many schedules one run tries. */
const RUNS = Number(process.env['STATEWIRE_SCHEDULES'] ?? 2_000)
const BUDGET_MS = 300_000

const count = fc.integer({ min: 1, max: 30 })
const simple = <Name extends string>(...names: Name[]) => fc.constantFrom(...names).map((name) => ({ do: name }))

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('publish' as const, 'send' as const, 'ask' as const), count }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 100 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('blackhole' as const),
      direction: fc.constantFrom('up' as const, 'down' as const, 'both' as const),
    }),
  },
  { weight: 6, arbitrary: simple('cut', 'heal', 'kill', 'start', 'drain') },
  { weight: 3, arbitrary: simple('disconnect', 'connect', 'retry', 'wake', 'offline', 'restart') },
  { weight: 3, arbitrary: simple('storeDown', 'storeUp', 'loseReply') },
) as fc.Arbitrary<Action>

/** Runs a schedule and returns everything that is not as promised. */
async function violations(seed: number, actions: readonly Action[]): Promise<string[]> {
  const world = new World(seed)
  const wrong: string[] = []
  await world.run(actions)
  const log = await world.log()
  const published = world.asked.filter(({ kind }) => kind === 'publish').map(({ id }) => id)
  const acknowledged = new Set(world.asked.filter(({ settled }) => settled[0] === 'ok').map(({ id }) => id))
  for (const { id, kind, settled } of world.asked) {
    if (settled.length !== 1) wrong.push(`${kind} ${id} settled ${settled.length} times`)
    else if (settled[0] !== 'ok' && settled[0] !== 'CLOSED') wrong.push(`${kind} ${id} rejected with ${settled[0]}`)
  }
  const applied = new Set(log)
  if (applied.size !== log.length) wrong.push('something was applied twice')
  for (const id of published) if (acknowledged.has(id) && !applied.has(id)) wrong.push(`publication ${id} was lost`)
  if (log.some((id, index) => index > 0 && log[index - 1]! > id)) wrong.push('the log is out of order')
  if (JSON.stringify(world.read) !== JSON.stringify(log))
    wrong.push(`the reader saw ${world.read.join()} of ${log.join()}`)
  if (world.resyncs.length > 0) wrong.push(`resync: ${world.resyncs.join()}`)
  const first = [...new Set(world.handled)]
  if (first.some((id, index) => index > 0 && first[index - 1]! > id)) wrong.push('handlers were called out of order')
  for (const { id, kind } of world.asked) {
    if (kind === 'send' && acknowledged.has(id) && !first.includes(id)) wrong.push(`message ${id} was lost`)
  }
  const leftTimers = await world.end()
  if (leftTimers.length > 0) wrong.push(`timers left: ${leftTimers.join()}`)
  if (world.listeners > 0) wrong.push(`${world.listeners} listeners left`)
  return [...wrong, ...world.unexpected]
}

/** Tries half of what one run tries: two files share the work, and the cores. */
export function halfOfTheSchedules(): void {
  it(
    'lose nothing, apply nothing twice, reorder nothing, leave nothing behind',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.array(action, { minLength: 3, maxLength: 25 }), async (seed, actions) => {
          expect(await violations(seed, actions)).toEqual([])
        }),
        { numRuns: RUNS / 2, interruptAfterTimeLimit: BUDGET_MS, markInterruptAsFailure: true },
      )
    },
    BUDGET_MS + 10_000,
  )
}
