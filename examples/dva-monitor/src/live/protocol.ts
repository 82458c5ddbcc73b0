import { defineProtocol } from '@statewire/core'

/** What this page takes of what the demo server says. */
export const protocol = defineProtocol<{
  receive: {
    /** ISO time and percent. */
    monitorCPU: readonly [sample: readonly [year: string, value: number]]
  }
}>()
