export { createStreamModel, type OwnReducers, type StreamModelOptions } from './stream-model.ts'
export { dvaStatewire, type ClientsOption, type DvaStatewire } from './plugin.ts'
export { dispatchEach, effect, type DispatchCall, type DispatchOptions, type MakePayload } from './calls.ts'
export type { ModelEntry, ModelWire, OwnParts } from './model-wire.ts'
export type { ConnectionReason, FlatConnectionState } from './connection.ts'
export type {
  Action,
  Dispatch,
  Effect,
  History,
  LiveSubscription,
  Middleware,
  MiddlewareStore,
  Reducer,
  ReducerEnhancer,
  StreamModel,
  Subscription,
  SubscriptionApi,
} from './types.ts'
