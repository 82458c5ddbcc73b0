import type { Frame } from '../transport/transport.ts'

// Not `instanceof`: a frame may come from another realm (an iframe, a test environment).
const isArrayBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === '[object ArrayBuffer]'

/** True for what a WebSocket takes besides text. */
export function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView | Blob {
  return ArrayBuffer.isView(value) || isArrayBuffer(value) || Object.prototype.toString.call(value) === '[object Blob]'
}

let decoder: TextDecoder | undefined

/**
 * Returns a frame's text: text as it is, bytes read as UTF-8 (servers that echo a Node Buffer send text that way).
 * Returns undefined for bytes that are no UTF-8, and for a Blob, which cannot be read at once.
 */
export function frameText(frame: Frame): string | undefined {
  if (typeof frame === 'string') return frame
  if (!ArrayBuffer.isView(frame) && !isArrayBuffer(frame)) return undefined
  try {
    return (decoder ??= new TextDecoder('utf-8', { fatal: true })).decode(frame as BufferSource)
  } catch {
    return undefined
  }
}
