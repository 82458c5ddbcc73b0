/** What to do about a closed link. */
export type CloseVerdict =
  | { readonly action: 'retry'; /** Added to the backoff exponent. @default 0 */ readonly penalty?: number }
  | {
      readonly action: 'retryLater'
      readonly afterMs: number
      /** A random part of it comes on top. @default a tenth of afterMs */ readonly spreadMs?: number
    }
  | { readonly action: 'refreshAuth' }
  | { readonly action: 'fatal' }

/** How a link ended. */
export interface CloseInfo {
  /** WebSocket close code; 1006 when the link broke or never opened. */
  readonly code: number
  readonly reason: string
  /** True when the connection had become usable (after auth) on this link. */
  readonly wasOpen: boolean
}

/** How long a server that says "too busy" without saying until when is left alone, in milliseconds: twice the longest usual wait. */
export const RETRY_LATER_MS = 30_000

const RETRY: CloseVerdict = Object.freeze({ action: 'retry' })
const RETRY_SLOWER: CloseVerdict = Object.freeze({ action: 'retry', penalty: 2 })
const RETRY_LATER: CloseVerdict = Object.freeze({ action: 'retryLater', afterMs: RETRY_LATER_MS })
const REFRESH_AUTH: CloseVerdict = Object.freeze({ action: 'refreshAuth' })
const FATAL: CloseVerdict = Object.freeze({ action: 'fatal' })

// What is not in the table is an ordinary loss, 1000 and 1005 from the server too: servers restart politely.
// https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
const VERDICTS: { readonly [code: number]: CloseVerdict } = {
  1002: FATAL, // protocol error
  1003: FATAL, // unsupported data
  1007: FATAL, // invalid frame payload
  1010: FATAL, // mandatory extension
  1008: RETRY_SLOWER, // policy violation
  1009: RETRY_SLOWER, // message too big
  1011: RETRY_SLOWER, // internal error
  1013: RETRY_LATER, // try again later
  4009: { action: 'retryLater', afterMs: 1_000 }, // another connection took the session over
  4029: RETRY_LATER, // too many requests
  4401: REFRESH_AUTH, // the token expired
  4408: RETRY, // auth came too late
  4429: RETRY_LATER, // too many requests
}

/** Returns the built-in verdict on a close code; `classifyClose` may overrule it. Codes 4400 to 4499 are fatal unless the table says otherwise. */
export function defaultCloseVerdict({ code }: CloseInfo): CloseVerdict {
  return VERDICTS[code] ?? (code >= 4400 && code <= 4499 ? FATAL : RETRY)
}
