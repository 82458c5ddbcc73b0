import type { Received } from './link.ts'

// The wire as it is documented, written down a second time: shared code would hide the same mistake on both sides.

/** What of an announcement is looked at. */
export interface Announced {
  readonly versions: readonly unknown[]
  readonly heartbeatMode: unknown
}

export interface Position {
  readonly epoch: string
  readonly offset: number
}

export interface Welcomed {
  readonly sid: string
  readonly st: string
  readonly cursor: Position
  readonly rx: number | undefined
}

type Fields = Readonly<Record<string, unknown>>

/** One of the four shapes of "you are in". */
export function isAcceptance({ text, message }: Received): boolean {
  const bare = text.trim()
  if (bare === 'auth ok' || bare === '"auth ok"') return true
  return message !== undefined && (message['type'] === 'auth ok' || message['data'] === 'auth ok')
}

export function isRefusal({ message }: Received): boolean {
  return message?.['type'] === 'noAuth'
}

/** Returns what is announced in an acceptance or in `sw.announce`. */
export function announcementIn({ message }: Received): Announced | undefined {
  const sw = fields(message?.['sw'])
  const versions = sw?.['v']
  if (!Array.isArray(versions)) return undefined
  return { versions, heartbeatMode: fields(sw?.['heartbeat'])?.['mode'] }
}

/** Reads a welcome; a text says what is wrong with it. */
export function parseWelcome(value: unknown): Welcomed | string {
  const sw = fields(value) ?? {}
  const { v, sid, st, rx, ttlMs, dedupeMs, durable } = sw
  const cursor = position(sw['cursor'])
  if (v !== 1) return `v is ${String(v)}, not 1`
  if (!isName(sid)) return 'sid is no name of 1 to 255 bytes'
  if (st !== 'new' && st !== 'resumed' && st !== 'lost') return `st is ${String(st)}`
  if (!cursor) return 'cursor is no { epoch, offset }'
  if (rx !== undefined && !isCount(rx)) return 'rx is no whole number'
  if (!isCount(ttlMs) || !isCount(dedupeMs)) return 'ttlMs or dedupeMs is no whole number'
  if (typeof durable !== 'boolean') return 'durable is no boolean'
  return { sid, st, cursor, rx }
}

/** Reads a cursor. */
export function position(value: unknown): Position | undefined {
  const { epoch, offset } = fields(value) ?? {}
  return isName(epoch) && isCount(offset) ? { epoch, offset } : undefined
}

/** The fields of a message's key `sw`; none when there is no such key. */
export function swOf({ message }: Received): Fields {
  return fields(message?.['sw']) ?? {}
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 255
}

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}
