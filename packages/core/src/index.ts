export {
  createClient,
  type AnyClient,
  type BindOptions,
  type Client,
  type ClientEvents,
  type ClientStats,
} from './client.ts'
export type * from './options.ts'
export type { FlushStats } from './binding/binder.ts'
export type { TrafficStats } from './connection/traffic.ts'
export type { Quality } from './connection/quality.ts'
export type { Health } from './connection/quality.ts'
export type { Held } from './outbox/watermark.ts'
export type { ConnectionState, ConnectionStatus, Reason } from './connection/state.ts'
export { land } from './binding/rules/row-changes.ts'
export type { ApplyOptions, Binding, Batch, Call, Missed, Sink } from './binding/sink.ts'
export { landingWire, topicParts, type AnySnapshot, type AnyWire, type TopicPart } from './session/topic-parts.ts'
export { compileRules, type CompiledRules } from './binding/compile-rules.ts'
export type { Rule, RuleTraits, Wire, WireEntry } from './binding/wire.ts'
export {
  append,
  latest,
  remove,
  series,
  upsert,
  type AppendOptions,
  type AppendRule,
  type ItemKey,
  type LatestOptions,
  type LatestRule,
  type RemoveRule,
  type SeriesField,
  type SeriesOptions,
  type SeriesRule,
  type UpsertByRule,
  type UpsertOptions,
  type UpsertRule,
} from './binding/rules/index.ts'
export type { Series } from './series/series.ts'
export { systemClock, type Clock } from './env/clock.ts'
export type { Env } from './env/env.ts'
export type { Frames } from './env/frames.ts'
export type { Signal, Signals } from './env/signals.ts'
export type { Unsubscribe } from './lib/emitter.ts'
export { StatewireError, type ErrorCode, type ErrorDetails, type ProviderFailure } from './lib/errors.ts'
export * from './protocol/public.ts'
export type { SentRequest } from './requests/requests.ts'
export type { Frame, OpenTransport, Transport, TransportClose, TransportRequest } from './transport/transport.ts'
export { webSocketTransport, type WebSocketConstructor, type WebSocketLike } from './transport/web-socket.ts'
