import { setImmediate as turn } from 'node:timers/promises'
import { loads } from '../feed.mjs'
import { heapInUse } from '../measure.mjs'
import { stepOf, subjects } from './pinia.mjs'

const WARM_UPS = 50
const CYCLES = 200

/**
 * Makes and ends a client with a wired, subscribed store, again and again.
 *
 * @returns {Promise<{ survivors: number, bytes: number }>} how many clients and stores are still in memory, and the growth of the heap for each
 */
export async function growth() {
  for (let i = 0; i < WARM_UPS; i++) await cycle()
  const before = await heapInUse()
  const made = []
  for (let i = 0; i < CYCLES; i++) made.push(...(await cycle()))
  const bytes = ((await heapInUse()) - before) / CYCLES
  return { survivors: made.filter((one) => one.deref()).length, bytes }
}

async function cycle() {
  const subject = await subjects.statewire(true)
  const made = subject.owns.map((one) => new WeakRef(one))
  const step = stepOf(subject, loads.all.frames)
  for (let i = 0; i < 3; i++) await step(i)
  subject.end()
  // What weak references pointed to in a turn is alive until its end. Collected each time: the table of Vue's proxies would grow
  // with what waits for the collector, and keep its size.
  await turn()
  await globalThis.gc({ execution: 'async' })
  return made
}
