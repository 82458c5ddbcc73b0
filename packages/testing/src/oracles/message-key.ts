import { readFrame } from '../fakes/transport.ts'

/** What a message is compared by: type and data as JSON, or a text as it is. Undefined for what cannot be compared. */
export function messageKey(message: unknown): string | undefined {
  const value = typeof message === 'string' ? readFrame(message) : message
  if (!isMessage(value)) return typeof message === 'string' ? message : undefined
  try {
    return JSON.stringify({ type: value.type, data: value.data })
  } catch {
    return undefined
  }
}

/** The numbers that a session adds to a message: its own (`n`), or its place in a topic (`c`, `o`). */
export interface SessionKeys {
  readonly n?: number
  readonly c?: string
  readonly o?: number
  readonly cid?: string
}

export function sessionKeys(message: unknown): SessionKeys | undefined {
  const value = typeof message === 'string' ? readFrame(message) : message
  const sw = isMessage(value) ? value.sw : undefined
  return typeof sw === 'object' && sw !== null ? sw : undefined
}

function isMessage(
  value: unknown,
): value is { readonly type: unknown; readonly data?: unknown; readonly sw?: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value
}
