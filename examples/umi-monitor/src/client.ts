import { createClient, defineProtocol } from '@statewire/core'

const protocol = defineProtocol<{
  receive: { monitorCPU: [[year: string, value: number]] }
}>()

export const client = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  auth: { token: ({ refused }) => (refused ? '' : (sessionStorage.getItem('token') ?? '')) },
  heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: 5_000, timeoutMs: 5_000 },
  protocol,
})
