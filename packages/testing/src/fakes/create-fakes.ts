import type { Env, OpenTransport } from '@statewire/core'
import { FakeClock } from './clock.ts'
import { FakeFrames } from './frames.ts'
import type { FakeNetwork } from './network.ts'
import { FakeServer, type FakeServerOptions } from './server.ts'
import { FakeSignals } from './signals.ts'

/** Everything a client takes from its host, and a server to talk to. */
export interface Fakes {
  readonly clock: FakeClock
  readonly signals: FakeSignals
  readonly frames: FakeFrames
  /** What the client's random source gives, in [0, 1): set `value` to choose the jitter. Starts at 0.5. */
  readonly random: { value: number }
  /** The four above as option `env`. */
  readonly env: Env
  readonly server: FakeServer
  /** The server's network: every link the client opened. */
  readonly network: FakeNetwork
  /** `network.open`, as option `transport`. */
  readonly transport: OpenTransport
}

/**
 * Makes one set of fakes. For links steered by hand instead of by the server, pass `{ autoAccept: false }` and use `network`.
 *
 * @example
 * const { env, transport, server, clock } = createFakes({ token: 'secret' })
 * const client = createClient({ url: 'ws://fake', env, transport, auth: { token: () => 'secret' } })
 */
export function createFakes(options: FakeServerOptions = {}): Fakes {
  const clock = new FakeClock()
  const signals = new FakeSignals()
  const frames = new FakeFrames()
  const random = { value: 0.5 }
  const server = new FakeServer(options)
  return {
    clock,
    signals,
    frames,
    random,
    env: { clock, signals, frames, random: () => random.value },
    server,
    network: server.network,
    transport: server.network.open,
  }
}
