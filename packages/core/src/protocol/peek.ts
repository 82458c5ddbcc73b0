import type { Frame } from '../transport/transport.ts'
import { MAX_TYPE_LENGTH } from './envelope.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACE = 0x7d
const FIRST_PRINTABLE = 0x20

/**
 * Returns a function that reads a message type without parsing the frame. It answers for text that begins exactly
 * `{"type":"…",` or `{"type":"…"}` (with the key it is made for), without blanks and with no escape in the type, and says
 * undefined for everything else. What comes after is not looked at: it may be broken, and may name the type once more.
 */
export function createPeek(key: string): (frame: Frame) => string | undefined {
  const head = `{${JSON.stringify(key)}:"`
  // Frames of one type mostly come in a row: then nothing is cut out, and the string is one that was hashed before.
  let last: { readonly head: string; readonly type: string } | undefined
  return (frame) => {
    if (typeof frame !== 'string') return undefined
    if (last !== undefined && frame.startsWith(last.head)) {
      return endsType(frame.charCodeAt(last.head.length)) ? last.type : undefined
    }
    if (!frame.startsWith(head)) return undefined
    const type = typeAt(frame, head.length)
    if (type !== undefined) last = { head: `${head}${type}"`, type }
    return type
  }
}

function typeAt(frame: string, start: number): string | undefined {
  const most = Math.min(frame.length, start + MAX_TYPE_LENGTH + 1)
  for (let at = start; at < most; at++) {
    const code = frame.charCodeAt(at)
    if (code === QUOTE) return at > start && endsType(frame.charCodeAt(at + 1)) ? frame.slice(start, at) : undefined
    if (code === BACKSLASH || code < FIRST_PRINTABLE) return undefined
  }
  return undefined
}

const endsType = (code: number): boolean => code === COMMA || code === BRACE
