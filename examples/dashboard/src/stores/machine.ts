import { append, latest } from '@statewire/core'
import { defineStore } from 'pinia'
import type { Memory } from '../live/protocol.ts'

/** How many samples the series keeps: 150 seconds at two a second. */
export const SERIES_LENGTH = 300

export interface LoadSample {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly time: number
  readonly percent: number
}

/** The machine as the server describes it. Only the wire writes here. */
export const useMachine = defineStore('machine', {
  state: () => ({
    cpu: [] as readonly LoadSample[],
    cores: [] as readonly number[],
    memory: null as Memory | null,
  }),
  wire: {
    monitorCPU: append('cpu', {
      limit: SERIES_LENGTH,
      each: true,
      map: ([time, percent]) => ({ time: Date.parse(time), percent }),
    }),
    cores: latest('cores'),
    memory: latest('memory'),
  },
})
