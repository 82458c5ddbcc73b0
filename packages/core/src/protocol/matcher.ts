import type { Frame } from '../transport/transport.ts'
import type { Envelope } from './envelope.ts'
import { frameText } from './frame-text.ts'

/** Recognises a message: its type, or a function over the decoded message (`undefined` when the codec cannot read it) and the frame. */
export type Matcher =
  string | ((message: { readonly type: string; readonly data: unknown } | undefined, frame: Frame) => boolean)

/** A matcher ready to run. Throws what the application's function throws. */
export type MessageMatch = (message: Envelope | undefined, frame: Frame) => boolean

const ACCEPTED = 'auth ok'
const REFUSED = 'noAuth'

/** Returns the matcher as a function. A string means the message type, exactly. */
export function compileMatcher(matcher: Matcher): MessageMatch {
  if (typeof matcher === 'string') return (message) => message?.type === matcher
  return (message, frame) => Boolean(matcher(message, frame))
}

/** The default of `auth.accepted`: `auth ok` as raw text, as a JSON string, as the type, or as the data of any type. */
export const matchAccepted: MessageMatch = (message, frame) => {
  if (message && (message.type === ACCEPTED || message.data === ACCEPTED)) return true
  const text = shortText(frame)
  return text === ACCEPTED || text === `"${ACCEPTED}"`
}

/** The default of `auth.refused`, and once open the only sign of a refusal: type exactly `noAuth`. */
export const matchRefused: MessageMatch = (message) => message?.type === REFUSED

/**
 * True for an acceptance that a server sends again once open: type `auth ok`, or type `auth` with that data.
 * Stricter than `matchAccepted`, so that a chat message "auth ok" stays data.
 */
export function isRepeatedAcceptance({ type, data }: Envelope): boolean {
  return type === ACCEPTED || (type === 'auth' && data === ACCEPTED)
}

const LONGEST_BYTES = 64

function shortText(frame: Frame): string | undefined {
  if (typeof frame === 'string') return frame.length <= LONGEST_BYTES ? frame.trim() : undefined
  return 'byteLength' in frame && frame.byteLength <= LONGEST_BYTES ? frameText(frame)?.trim() : undefined
}
