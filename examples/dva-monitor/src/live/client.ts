import { createClient } from '@statewire/core'
import { protocol } from './protocol.ts'
import { restore } from './session.ts'

export const client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  // There is no second token to offer: a refused one means that the user has to sign in again.
  auth: { token: ({ refused }) => (refused ? '' : (restore()?.token ?? '')) },
  heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: 5_000, timeoutMs: 5_000 },
  reconnect: { maxDelayMs: 4_000 },
  protocol,
})
