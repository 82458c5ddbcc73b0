import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, expect } from 'vitest'

// Sockets, servers, pipes, processes and what files wait for; timers are the test runner's as well.
const HELD = /^(TCP|Pipe|TLS|UDP|Process|Child|FSReq|FSEvent|GetAddrInfo|HTTP|Zlib)/
const PATIENCE_MS = 5_000
const LOOK_EVERY_MS = 10

/** Counts of what keeps the process busy, by kind. */
function held(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (HELD.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** What is held beyond what was held before. */
function more(before: ReadonlyMap<string, number>): string[] {
  return [...held()]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind} × ${count}`)
}

// Whatever a test opens it closes: what it leaves would keep an application's process from ending.
beforeEach(({ onTestFinished }) => {
  const before = held()
  // Registered before those of the test, so that it runs after them. Sockets take a moment to close.
  onTestFinished(async () => {
    for (let waited = 0; more(before).length > 0 && waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
      await delay(LOOK_EVERY_MS)
    }
    expect(more(before), 'left open').toEqual([])
  })
})
