import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createClient, StatewireError, type AnyClient } from '@statewire/core'
import { session } from '@statewire/core/session'
import { createHub, memoryBackplanes, type Hub } from '@statewire/server'
import { FakeClock, FakeFrames, FakeSignals } from '@statewire/testing'
import { describe, expect, it } from 'vitest'
import { Network } from './wire.ts'

const HOURS = Number(process.env['STATEWIRE_SOAK_HOURS'] ?? 1)
const HOUR_MS = 3_600_000
const MESSAGE_EVERY_MS = 40
const FAULT_EVERY_MS = 30_000
const TOPIC = 'log'
const GROWTH_BYTES = 1_000_000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function settle(): Promise<void> {
  for (let turn = 0; turn < 24; turn++) await Promise.resolve()
}

/** A publisher and a reader of one topic, a server that can be restarted, and a network; keeps nothing of what passes. */
function setup() {
  const clock = new FakeClock()
  const network = new Network(clock)
  const signals = new FakeSignals()
  const env = { clock, signals, frames: new FakeFrames(), random: () => 0.5 }
  const makeStore = memoryBackplanes({ env: { clock } })
  const hubs: Hub[] = []
  const problems: string[] = []
  const start = (): void => {
    const hub = createHub({
      env: { clock },
      backplane: makeStore(),
      authenticate: (token) => ({ id: token }),
      authorize: () => true,
    })
    network.hub = hub
    hubs.push(hub)
  }
  start()
  const make = (name: string): AnyClient => {
    const options = { transport: network.open, auth: { token: () => name }, session: session(), flush: 'sync' } as const
    const client = createClient({ url: 'ws://soak', name, env, ...options })
    client.on('problem', (problem) => problems.push(problem.code))
    return client
  }
  const [publisher, reader] = [make('publisher'), make('reader')]
  const pass = async (ms: number): Promise<void> => {
    const end = clock.monotonic() + ms
    while (clock.monotonic() < end) {
      const [next = ms] = clock.pending
      clock.advance(Math.min(Math.max(next, 0.001), end - clock.monotonic()))
      await settle()
    }
  }
  const faults = [
    () => network.cut(),
    () => network.blackhole('both'),
    () => network.heal(),
    () => network.blackhole('down'),
    () => network.heal(),
    () => signals.emit('offline'),
    () => network.blackhole('up'),
    () => network.heal(),
    () => {
      network.hub = undefined
      network.cut()
      // The nodes before have no links any more.
      for (const hub of hubs.splice(0)) void hub.close()
      start()
    },
  ]
  return { clock, signals, publisher, reader, hubs, problems, pass, faults }
}

describe('a day of faults', () => {
  it(
    `F140 ${HOURS} h at 50 messages a second with a fault every 30 s: nothing is lost, and memory does not grow`,
    async () => {
      const { clock, signals, publisher, reader, hubs, problems, pass, faults } = setup()
      const failed: unknown[] = []
      const wrong: unknown[] = []
      let [sent, settled, read] = [0, 0, 0]
      const channel = reader.channel(TOPIC)
      channel.on('resync', ({ why }) => wrong.push(why))
      channel.subscribe(({ data }) => {
        if (data !== ++read) wrong.push({ read, data })
      })
      void publisher.connect()
      void reader.connect()
      while (publisher.state.status !== 'open' || channel.status !== 'subscribed') await pass(1_000)

      const heaps: number[] = []
      const ticks = (HOURS * HOUR_MS) / MESSAGE_EVERY_MS
      for (let tick = 1; tick <= ticks; tick++) {
        const sending = publisher.channel(TOPIC).publish('entry', ++sent)
        sending.then(
          () => settled++,
          (error: unknown) => failed.push(StatewireError.is(error) ? error.code : error),
        )
        await pass(MESSAGE_EVERY_MS)
        if (tick % (FAULT_EVERY_MS / MESSAGE_EVERY_MS) !== 0) continue
        const fault = tick / (FAULT_EVERY_MS / MESSAGE_EVERY_MS)
        faults[fault % faults.length]?.()
        // At the same point of the round, so that as much is on its way.
        if (fault % faults.length !== 0) continue
        collect()
        heaps.push(process.memoryUsage().heapUsed)
      }
      faults[2]?.()
      await pass(60_000)

      expect({ failed, wrong, problems }).toEqual({ failed: [], wrong: [], problems: [] })
      expect([settled, read]).toEqual([sent, sent])
      // Caches and compiled code fill up in the first quarter.
      const early = heaps[Math.floor(heaps.length / 4)]
      expect(Number(heaps.at(-1)) - Number(early)).toBeLessThan(GROWTH_BYTES)
      publisher.dispose()
      reader.dispose()
      const closing = hubs.map((hub) => hub.close())
      await pass(60_000)
      await Promise.all(closing)
      expect([clock.pending, signals.listeners]).toEqual([[], 0])
    },
    HOURS * 300_000,
  )
})
