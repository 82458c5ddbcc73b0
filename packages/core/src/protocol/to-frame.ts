import { own } from '../lib/own.ts'
import type { Frame } from '../transport/transport.ts'
import type { Codec } from './codec.ts'
import { isBinary } from './frame-text.ts'

/**
 * Turns what an option names (`auth.frame`, `heartbeat.frame`, `heartbeat.probe`) into a frame: text and binary as they are,
 * `{ type, data }` by the codec, any other value (`{ ping: true }`) as JSON.
 *
 * Throws what the codec throws, and a TypeError for a value that JSON has no form for.
 */
export function toFrame(codec: Codec, value: unknown): Frame {
  if (typeof value === 'string' || isBinary(value)) return value
  if (isEnvelope(value)) return codec.encode({ type: value.type, data: value.data })
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError(`JSON cannot carry ${typeof value}.`)
  return text
}

function isEnvelope(value: unknown): value is { type: string; data?: unknown } {
  if (typeof value !== 'object' || value === null || typeof own(value, 'type') !== 'string') return false
  return Object.keys(value).every((key) => key === 'type' || key === 'data')
}
