export { append, type AppendOptions, type AppendRule } from './append.ts'
export { latest, type LatestOptions, type LatestRule } from './latest.ts'
export { remove, type RemoveRule } from './remove.ts'
export { upsert, type ItemKey, type UpsertByRule, type UpsertOptions, type UpsertRule } from './upsert.ts'
