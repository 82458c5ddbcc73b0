import { createClient } from '@statewire/core'
import { useUser } from '../stores/user.ts'
import { protocol } from './protocol.ts'

/** After so many failed attempts in a row the page stops trying and asks. */
export const MAX_ATTEMPTS = 5

export const client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  // There is no second token to offer: a refused one means that the user has to sign in again.
  auth: { token: ({ refused }) => (refused ? '' : useUser().token) },
  heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: 5_000, timeoutMs: 5_000 },
  reconnect: { maxAttempts: MAX_ATTEMPTS, maxDelayMs: 4_000 },
  protocol,
})
