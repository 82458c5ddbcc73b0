export { vuexStatewire } from './plugin.ts'
export { commit, dispatch } from './entries.ts'
export type { ConnectionModuleState, ConnectionReason, SendPayload } from './connection-module.ts'
export type { VuexStore } from './store.ts'
export type {
  RegisteredState,
  VuexCall,
  VuexEntry,
  VuexStatewireOptions,
  VuexStatewirePlugin,
  VuexWire,
  WiredState,
} from './types.ts'
