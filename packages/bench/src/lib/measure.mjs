import { setImmediate as turn } from 'node:timers/promises'

/**
 * How much is measured. `quick` tells whether everything works; its figures say nothing.
 *
 * @typedef {{ quick: boolean, rounds: number, sampleMs: number, warmMs: number }} Settings
 */

/** @returns {Settings} */
export function settingsOf(quick) {
  return quick ? { quick, rounds: 1, sampleMs: 0, warmMs: 0 } : { quick, rounds: 9, sampleMs: 15, warmMs: 120 }
}

/**
 * Times subjects in turn, so that whatever else the machine does falls on all of them. The first one is the floor, unless
 * `floor` names another.
 *
 * @param {{ name: string, step: (index: number) => void | Promise<void>, per: number }[]} subjects `per`: messages in a step
 * @param {Settings & { floor?: string, read?: () => number }} settings `read`: the clock, in milliseconds; default: wall time
 * @returns {Promise<Map<string, { time: Spread, ratio: Spread }>>} time in microseconds a message; ratio to the floor of the same round
 * @typedef {{ median: number, min: number, max: number }} Spread
 */
export async function interleave(subjects, { rounds, sampleMs, warmMs, floor, read = () => performance.now() }) {
  const runs = []
  const few = Math.min(rounds, FEW_ROUNDS)
  for (const subject of subjects) runs.push(await prepare(subject, { sampleMs, warmMs }))
  const floorRun = runs.find(({ subject }) => subject.name === floor) ?? runs[0]
  // Every round has its floor.
  floorRun.slow = false
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < runs.length; i++) {
      const run = runs[(i + round) % runs.length]
      if (run.slow && round >= few) continue
      globalThis.gc?.({ type: 'minor' })
      const start = read()
      await repeat(run)
      run.times.push(((read() - start) * 1_000) / (run.steps * run.subject.per))
    }
  }
  const base = floorRun.times
  return new Map(
    runs.map(({ subject, times }) => [
      subject.name,
      { time: spreadOf(times), ratio: spreadOf(times.map((time, round) => time / base[round])) },
    ]),
  )
}

const SLOW_MS = 50
const FEW_ROUNDS = 3

async function prepare(subject, { sampleMs, warmMs }) {
  const run = { subject, index: 0, steps: 1, times: [], slow: false }
  // A hundred times the floor is told as well by a few rounds. Twice, as the first step is slow by itself.
  for (let i = 0; i < 2; i++) {
    const first = performance.now()
    await repeat(run)
    run.slow = performance.now() - first > SLOW_MS
  }
  if (run.slow) return run
  let steps = 0
  const start = performance.now()
  let spent = 0
  while (spent < warmMs) {
    await repeat(run)
    steps += 1
    spent = performance.now() - start
  }
  // Of the second half: the first is slower than what comes.
  const from = performance.now()
  const half = Math.max(1, steps >> 1)
  await repeat({ ...run, steps: half })
  run.steps = Math.max(1, Math.round((sampleMs * half) / Math.max(performance.now() - from, 1e-3)))
  await turn()
  return run
}

async function repeat(run) {
  const { step } = run.subject
  for (let i = 0; i < run.steps; i++) {
    // A step is asynchronous when the store tells its readers later: what they cost counts too.
    const landing = step(run.index++)
    if (landing !== undefined) await landing
  }
}

/** @returns {Spread} */
export function spreadOf(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) }
}

/** The value that a share of all values stays below. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/** Processor time of this process, in milliseconds: another process's work does not count. */
export function processorMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Heap in use when nothing more can be collected, in bytes. */
export async function heapInUse() {
  let least = Infinity
  for (let rounds = 0; rounds < 4; rounds++) {
    await turn()
    // Asynchronous: a collection inside a call takes what lies about on the stack for alive.
    await globalThis.gc({ execution: 'async' })
    const { heapUsed } = process.memoryUsage()
    if (heapUsed < least - 1_024) rounds = 0
    least = Math.min(least, heapUsed)
  }
  return least
}

/** Collects everything that can be. */
export async function settled() {
  for (let i = 0; i < 3; i++) {
    await turn()
    await globalThis.gc({ execution: 'async' })
  }
}
