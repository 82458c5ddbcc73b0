import { createClient } from '@statewire/core'
import { watch } from 'vue'
import { protocol } from './protocol.ts'
import { signOut, user } from './user.ts'
import { codec, requests } from './wire-format.ts'

export const client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/screens/ws`,
  auth: { token: ({ refused }) => (refused ? '' : (user.value?.token ?? '')) },
  heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: 5_000, timeoutMs: 5_000 },
  reconnect: { maxDelayMs: 4_000 },
  codec,
  requests,
  protocol,
})

// No router here, so nothing guards a route: the user alone says when to connect.
watch(
  user,
  (now) => {
    if (!now) return client.signOut()
    client.signIn(now.name)
    void client.connect()
  },
  { immediate: true },
)

client.on('state', (state) => {
  if (state.status === 'failed' && state.reason === 'auth') {
    signOut('Your session is no longer valid. Please sign in again.')
  }
})
