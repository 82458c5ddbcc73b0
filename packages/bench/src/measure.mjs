const WARM_UP_MS = 300
const MOST_WARM_UPS = 2_000
const MOST_SAMPLES = 1_000
const BUDGET_MS = 1_500
const LEAST_SAMPLES = 10

/**
 * Times one step many times. A step is asynchronous when the store tells its subscribers later: what they cost counts too.
 *
 * @param {(index: number) => void | Promise<void>} step
 * @returns {Promise<{ median: number, min: number, max: number, samples: number }>} in microseconds
 */
export async function measure(step) {
  let index = 0
  const warm = performance.now() + WARM_UP_MS
  for (let i = 0; i < MOST_WARM_UPS && (i < 3 || performance.now() < warm); i++) await step(index++)
  globalThis.gc?.()
  const times = []
  const end = performance.now() + BUDGET_MS
  while (times.length < MOST_SAMPLES && (times.length < LEAST_SAMPLES || performance.now() < end)) {
    const start = performance.now()
    await step(index++)
    times.push((performance.now() - start) * 1_000)
  }
  times.sort((a, b) => a - b)
  return { median: times[times.length >> 1], min: times[0], max: times[times.length - 1], samples: times.length }
}

/** Heap in use when nothing more can be collected, in bytes. */
export async function heapInUse() {
  let least = Infinity
  for (let rounds = 0; rounds < 5; rounds++) {
    // Asynchronous: a collection inside a call takes what lies about on the stack for alive.
    await globalThis.gc({ execution: 'async' })
    const { heapUsed } = process.memoryUsage()
    if (heapUsed < least) rounds = 0
    least = Math.min(least, heapUsed)
  }
  return least
}
