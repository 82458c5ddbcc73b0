// @dva-model
import { append } from '@statewire/core'
import { createStreamModel } from '@statewire/dva'
import { client } from '../client'

interface Point {
  readonly year: string
  readonly value: number
}

// umi looks for an object literal here; a call it finds by the first line of this file.
export default createStreamModel(client, {
  namespace: 'monitor',
  state: { dd: [] as readonly Point[], dindex: 0 },
  wire: {
    monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }), count: 'dindex' }),
  },
})
