export type * from './backplane/backplane.ts'
