import { onTestFinished } from 'vitest'
import { createDemo } from '../../../server/src/demo.js'
import type { Demo, DemoOptions } from '../../../server/src/demo.js'

/** Starts the demo server with a quick feed; it ends with the test. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const demo = await createDemo({ port: 0, intervalMs: 25, machine: countingMachine(), ...options })
  onTestFinished(() => demo.close())
  return demo
}

/** A machine whose load counts up, so that order, gaps and repetitions show. */
function countingMachine() {
  let count = 0
  return {
    sample() {
      count++
      return {
        time: new Date().toISOString(),
        cpu: (count % 1_000) / 10,
        cores: [count % 100, (count + 50) % 100],
        memory: { used: 1024 ** 3, total: 4 * 1024 ** 3 },
      }
    },
  }
}
