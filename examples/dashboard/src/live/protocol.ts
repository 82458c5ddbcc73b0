import { defineProtocol } from '@statewire/core'

/** In bytes. */
export interface Memory {
  readonly used: number
  readonly total: number
}

/** What the demo server says, by message type. */
export const protocol = defineProtocol<{
  receive: {
    /** ISO time and percent. */
    monitorCPU: readonly (readonly [time: string, percent: number])[]
    /** Percent of each core. */
    cores: readonly number[]
    memory: Memory
  }
}>()

declare module '@statewire/core' {
  interface Register {
    protocols: { default: typeof protocol }
  }
}
