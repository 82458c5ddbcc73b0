import type { Env } from '../env/env.ts'
import type { CloseVerdict } from '../protocol/close-codes.ts'
import type { Codec } from '../protocol/codec.ts'
import type { MessageMatch } from '../protocol/matcher.ts'
import type { OpenTransport } from '../transport/transport.ts'
import type { BackoffPolicy } from './backoff.ts'

export interface ResolvedAuth {
  readonly token: (request: { readonly refused: boolean; readonly signal: AbortSignal }) => string | Promise<string>
  readonly frame: (token: string) => unknown
  /** `false`: open as soon as the auth frame is sent. */
  readonly accepted: MessageMatch | false
  readonly refused: MessageMatch
  readonly timeoutMs: number
}

/** Gives a message, any JSON value, or raw text; see `toFrame`. May throw: it may be the application's. */
export type MakeFrame = () => unknown

export type ResolvedHeartbeat =
  | {
      readonly mode: 'reply'
      readonly type: string
      readonly intervalMs: number | undefined
      readonly timeoutMs: number
      readonly probe: MakeFrame | undefined
    }
  | {
      readonly mode: 'ping'
      readonly frame: MakeFrame
      readonly pong: MessageMatch | undefined
      readonly intervalMs: number
      readonly timeoutMs: number
    }
  | {
      readonly mode: 'watch'
      readonly intervalMs: number
      readonly timeoutMs: number
      readonly probe: MakeFrame | undefined
    }

export interface ResolvedReconnect extends BackoffPolicy {
  readonly maxAttempts: number
}

/** What a connection needs to know: the resolved options that concern it. */
export interface ConnectionPolicy {
  readonly url: () => string | Promise<string>
  readonly protocols: readonly string[]
  readonly binaryType: 'arraybuffer' | 'blob'
  readonly open: OpenTransport
  readonly openTimeoutMs: number
  readonly maxFrameBytes: number
  readonly splitFrames: boolean
  readonly codec: Codec
  readonly auth: ResolvedAuth | undefined
  readonly heartbeat: ResolvedHeartbeat | undefined
  readonly reconnect: ResolvedReconnect | undefined
  readonly classifyClose: (close: {
    readonly code: number
    readonly reason: string
    readonly wasOpen: boolean
  }) => CloseVerdict
  readonly env: Env
}
