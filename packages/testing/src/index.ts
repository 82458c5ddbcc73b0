export type { Direction, FakeConnection } from './fakes/connection.ts'
export { FakeClock } from './fakes/clock.ts'
export { createFakes, type Fakes } from './fakes/create-fakes.ts'
export { FakeFrames } from './fakes/frames.ts'
export { FakeNetwork } from './fakes/network.ts'
export { FakeServer, type FakeServerOptions } from './fakes/server.ts'
export { settle } from './fakes/settle.ts'
export { FakeSignals } from './fakes/signals.ts'
export { FakeTransport, type FakeClose, type FakePeer } from './fakes/transport.ts'
export { checkResources, type Resources, type ResourceViolation } from './oracles/check-resources.ts'
export {
  createLedger,
  type Ledger,
  type LedgerViolation,
  type MessageViolation,
  type Outcome,
} from './oracles/ledger.ts'
export type { Place, StreamViolation } from './oracles/stream-ledger.ts'
export type { WatchedLink } from './oracles/traffic.ts'
export type { Violation } from './oracles/violation.ts'
export { watchClient, type ClientViolation, type ClientWatch, type WatchOptions } from './oracles/watch-client.ts'
export { watchFakes } from './oracles/watch-fakes.ts'
