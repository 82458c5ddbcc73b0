import type { Frame } from '../transport/transport.ts'
import { own } from '../lib/own.ts'
import type { Codec } from './codec.ts'
import type { Undeclared } from './define-protocol.ts'
import { envelopeOf, parseType } from './envelope.ts'
import { frameText, isBinary } from './frame-text.ts'
import { joinLines, splitLines } from './lines.ts'
import { createPeek } from './peek.ts'
import { createPlainReader } from './plain-reader.ts'

/** A parsed JSON object or array, before anybody knows its shape. */
export type JsonMessage = Readonly<Record<string, Undeclared>>

export interface JsonCodecOptions {
  /** Key that holds the message type, or a function that finds it; undefined: no message. Numbers become strings. @default 'type' */
  type?: string | ((message: JsonMessage) => unknown)
  /** Key that holds the data, or a function that finds it: `(message) => message`, `(message) => JSON.parse(message.data)`. @default 'data' */
  data?: string | ((message: JsonMessage) => unknown)
  /** Makes the value that is sent. @default the type and data under the keys above, or under 'type' and 'data' */
  write?: (type: string, data: unknown) => unknown
}

/**
 * Returns a codec for JSON objects that carry their type and data, in text frames or in binary ones that hold UTF-8.
 *
 * `decode` returns undefined for everything else. It throws only what a `type` or `data` function of the application throws.
 * A text frame may hold several objects, one a line.
 * `encode` throws a TypeError for data that JSON would silently leave out or empty: functions, symbols, binary data, Map, Set.
 *
 * @example
 * const codec = jsonCodec({ type: 'resp_type', write: (type, data) => ({ req_type: Number(type), ...(data as object) }) })
 * @example
 * const codec = jsonCodec({ type: (message) => ('monitorCPU' in message ? 'monitorCPU' : undefined), data: 'monitorCPU' })
 */
export function jsonCodec({ type = 'type', data = 'data', write }: JsonCodecOptions = {}): Codec {
  const readType = typeof type === 'function' ? type : readerOf(type)
  const readData = typeof data === 'function' ? data : readerOf(data)
  const keys = {
    type: JSON.stringify(typeof type === 'string' ? type : 'type'),
    data: JSON.stringify(typeof data === 'string' ? data : 'data'),
  }
  const peek = typeof type === 'string' ? createPeek(type) : undefined
  // With one key for two things, what the frame says last is both.
  const areApart = new Set([type, data, 'sw']).size === 3
  const readPlain =
    peek && areApart && typeof data === 'string' ? createPlainReader({ type: String(type), data, peek }) : undefined
  return {
    ...(peek && { peek }),
    decode(frame) {
      const plain = readPlain?.(frame)
      if (plain) return plain
      const message = parseObject(frameText(frame))
      const messageType = message && parseType(readType(message))
      return messageType === undefined ? undefined : envelopeOf(messageType, readData(message!), readSw(message!))
    },
    encode({ type, data, sw }) {
      const frame = write ? stringify(write(type, data)) : join(keys, type, data)
      return sw === undefined ? frame : stamp(frame, sw as object)
    },
    stamp,
    split: splitLines,
    join: joinLines,
  }
}

// The usual keys by name: that is ten times as fast as asking for an own property first. It is asked when the value might be
// a prototype's, from a script that extends Object.prototype; arrays have prototypes of two.
const shared = Object.prototype as JsonMessage
const readDefaultType = (message: JsonMessage): unknown =>
  isOwnFor(message, message['type'], shared['type']) ? message['type'] : own(message, 'type')
const readDefaultData = (message: JsonMessage): unknown =>
  isOwnFor(message, message['data'], shared['data']) ? message['data'] : own(message, 'data')
const readSw = (message: JsonMessage): unknown =>
  isOwnFor(message, message['sw'], shared['sw']) ? message['sw'] : own(message, 'sw')

function isOwnFor(message: JsonMessage, value: unknown, inherited: unknown): boolean {
  return value === undefined || (value !== inherited && !Array.isArray(message))
}

function readerOf(key: string): (message: JsonMessage) => unknown {
  if (key === 'type') return readDefaultType
  return key === 'data' ? readDefaultData : (message) => own(message, key)
}

// The data is written once, at send; what the session adds at each transmission is put behind it.
function stamp(frame: Frame, sw: object): Frame {
  if (typeof frame !== 'string' || !frame.endsWith('}')) throw new TypeError('Only a JSON object can carry "sw".')
  return `${frame.slice(0, -1)}${frame === '{}' ? '' : ','}"sw":${JSON.stringify(sw)}}`
}

function parseObject(text: string | undefined): JsonMessage | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonMessage) : undefined
  } catch {
    return undefined
  }
}

// Data is written on its own, so that a value that JSON leaves out is noticed instead of missing at the server.
function join(keys: { readonly type: string; readonly data: string }, type: string, data: unknown): string {
  const head = `{${keys.type}:${JSON.stringify(type)}`
  return data === undefined ? `${head}}` : `${head},${keys.data}:${stringify(data)}}`
}

function stringify(value: unknown): string {
  const text = isBinary(value) ? undefined : (JSON.stringify(value) as string | undefined)
  // Map, Set, Error and their like have nothing that JSON sees.
  if (text === undefined || (text === '{}' && kindOf(value) !== '[object Object]')) {
    throw new TypeError(`JSON cannot carry ${kindOf(value)}.`)
  }
  return text
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value)
}
