import { createClient } from '@statewire/core'
import { getLocal } from './local.js'

/** What a class around `new WebSocket` did: auth on open, heartCheck answered and watched, a new connection after a lost one. */
export const client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  // There is no second token to offer: a refused one means that the user has to sign in again.
  auth: { token: ({ refused }) => (refused ? '' : (getLocal('token') ?? '')) },
  heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: 5_000, timeoutMs: 5_000 },
  reconnect: { maxAttempts: 5, maxDelayMs: 4_000 },
})
