import { once } from 'node:events'
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { onTestFinished } from 'vitest'
import { createChat } from '../../server/app.js'
import type { Chat } from '../../server/app.js'

/** Starts the server; it ends with the test. */
export async function startChat(options: Parameters<typeof createChat>[0] = {}): Promise<Chat> {
  const chat = await createChat({ port: 0, ...options })
  onTestFinished(() => chat.close())
  return chat
}

export interface Heard {
  readonly type: string
  readonly data: unknown
}

export interface RawGuest {
  readonly socket: Socket
  /** Every event so far. */
  readonly heard: Heard[]
  /** Emits and gives what is acknowledged. */
  readonly ask: (event: string, data: unknown) => Promise<unknown>
  /** The messages among the events. */
  readonly messages: () => unknown[]
}

/** A bare socket.io client that has not said its name yet. */
export async function openGuest(
  { port }: Pick<Chat, 'port'>,
  extraHeaders: Record<string, string> = {},
): Promise<RawGuest> {
  const socket = io(`http://127.0.0.1:${port}`, {
    path: '/chat/socket.io',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders,
  })
  onTestFinished(() => void socket.disconnect())
  const heard: Heard[] = []
  socket.onAny((type: string, data: unknown) => heard.push({ type, data }))
  await new Promise<void>((resolve, reject) => socket.on('connect', resolve).on('connect_error', reject))
  return {
    socket,
    heard,
    ask: (event, data) => socket.timeout(2_000).emitWithAck(event, data) as Promise<unknown>,
    messages: () => heard.filter(({ type }) => type === 'message').map(({ data }) => data),
  }
}

export async function openNamedGuest(chat: Pick<Chat, 'port'>, name: string, room = 'lobby'): Promise<RawGuest> {
  const guest = await openGuest(chat)
  const accepted = once(guest.socket as never, 'auth')
  guest.socket.emit('auth', { name, room })
  await accepted
  return guest
}
