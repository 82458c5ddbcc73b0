import { own } from '../lib/own.ts'

/** One decoded message: what it is, and what it carries. */
export interface Envelope {
  readonly type: string
  readonly data: unknown
  /** What the session layer says about the message (key `sw`); only there when the frame had it. */
  readonly sw?: unknown
}

/** Longest message type that is read, in characters. A longer one is a broken frame, not a name. */
export const MAX_TYPE_LENGTH = 255

/**
 * Reads a message type: a string of 1 to 255 characters, or a finite number, which becomes a string (3 → '3').
 * Returns undefined for everything else.
 */
export function parseType(type: unknown): string | undefined {
  if (typeof type === 'number') return Number.isFinite(type) ? String(type) : undefined
  return typeof type === 'string' && type.length > 0 && type.length <= MAX_TYPE_LENGTH ? type : undefined
}

/** Reads `{ type, data, sw }` from a decoded value. Own properties only; other keys are left out. Returns undefined when it is no message. */
export function parseEnvelope(value: unknown): Envelope | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const type = parseType(own(value, 'type'))
  return type === undefined ? undefined : envelopeOf(type, own(value, 'data'), own(value, 'sw'))
}

/** Puts an envelope together; without `sw` it has no such key. */
export function envelopeOf(type: string, data: unknown, sw: unknown): Envelope {
  return sw === undefined ? { type, data } : { type, data, sw }
}
