import { createClient } from '@statewire/core'
import { socketIo } from '@statewire/core/socketio'
import { io } from 'socket.io-client'
import { watch } from 'vue'
import { protocol } from './protocol.ts'
import { leave, room, userName } from './user.ts'

export const client = createClient({
  url: () => location.origin,
  ...socketIo(io, { path: '/chat/socket.io', transports: ['websocket'] }),
  // Name and room go first, at every opening: what was written meanwhile finds its author known and in the right place.
  auth: {
    token: () => userName.value,
    frame: (name) => ({ type: 'auth', data: { name, room: room.value } }),
  },
  reconnect: { maxDelayMs: 4_000 },
  protocol,
})

watch(
  userName,
  (name) => {
    if (name === '') return client.signOut()
    client.signIn(name)
    void client.connect()
  },
  { immediate: true },
)

client.on('state', (state) => {
  if (state.status === 'failed') leave('The server does not take this name. Try letters, digits and single spaces.')
})
