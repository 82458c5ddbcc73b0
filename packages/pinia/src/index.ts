export { piniaStatewire, type PiniaStatewireOptions } from './plugin.ts'
export { action, from, fromChannel, type ActionCall, type FromChannelOptions } from './entries.ts'
export {
  useConnection,
  type ConnectionActions,
  type ConnectionReason,
  type ConnectionStore,
  type ConnectionStoreState,
} from './connection-store.ts'
export type { ClientsOption } from './clients.ts'
export type {
  ActionName,
  FromPart,
  StoreEntry,
  StoreWire,
  WireControl,
  WiredState,
  WireFrom,
  WireReceive,
} from './types.ts'
