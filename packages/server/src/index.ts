export type * from './backplane/backplane.ts'
export { memoryBackplane, memoryBackplanes, type MemoryBackplaneOptions } from './backplane/memory.ts'
export type { Clock, ServerEnv } from './env.ts'
