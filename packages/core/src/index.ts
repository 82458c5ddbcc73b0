export type * from './client.ts'
export type * from './options.ts'
export { StatewireError, type ErrorCode, type ErrorDetails } from './lib/errors.ts'
