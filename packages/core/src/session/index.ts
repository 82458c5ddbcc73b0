export { session } from './session.ts'
export type { SessionOptions } from './options.ts'
export {
  followSnapshot,
  snapshot,
  type LoadSnapshot,
  type Snapshot,
  type SnapshotHandlers,
  type SnapshotRequest,
  type SnapshotSource,
  type SnapshotStream,
} from './snapshot.ts'
export type { Channel, ChannelEvents, ChannelStatus, Resync } from './channel.ts'
export type { ClientSession, OpenSession } from './port.ts'
export type { BoxChange, BoxContent, BoxIdentity, KeptMessage, OutboxBox, OutboxStorage } from './storage.ts'
