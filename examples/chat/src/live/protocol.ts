import { defineProtocol } from '@statewire/core'

export interface ChatMessage {
  readonly id: string
  readonly room: string
  readonly name: string
  readonly text: string
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number
}

export interface Room {
  readonly name: string
  readonly people: readonly string[]
}

interface Refusal {
  readonly error: string
}

/** The socket.io events: those that come, and those whose acknowledgement is the answer. */
export const protocol = defineProtocol<{
  receive: { message: ChatMessage; rooms: readonly Room[] }
  send: Record<never, never>
  requests: {
    join: {
      params: { readonly room: string }
      result: { readonly room: string; readonly messages: readonly ChatMessage[]; readonly error?: never } | Refusal
    }
    message: {
      params: { readonly room: string; readonly text: string }
      result: (ChatMessage & { readonly error?: never }) | Refusal
    }
  }
}>()

declare module '@statewire/core' {
  interface Register {
    protocols: { default: typeof protocol }
  }
}
