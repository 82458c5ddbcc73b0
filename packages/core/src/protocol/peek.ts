import type { Frame } from '../transport/transport.ts'
import { MAX_TYPE_LENGTH } from './envelope.ts'

const MOST_CHARACTERS = 262_144
const COMMA = 0x2c
const BRACE = 0x7d

/**
 * Returns a function that reads a message type without parsing the frame. It answers for text that begins exactly
 * `{"type":"…",` or `{"type":"…"}` (with the key it is made for), without blanks and with no escape in the type, and says
 * undefined for everything else. What comes after is not looked at: it may be broken, and may name the type once more.
 */
export function createPeek(key: string): (frame: Frame) => string | undefined {
  const head = `{${JSON.stringify(key)}:"`
  const start = head.length
  const types = new Interned()
  return (frame) => {
    // `substring` and a comparison take half as long as `startsWith`.
    if (typeof frame !== 'string' || frame.substring(0, start) !== head) return undefined
    const end = frame.indexOf('"', start)
    const after = frame.charCodeAt(end + 1)
    if (end === -1 || (after !== COMMA && after !== BRACE)) return undefined
    return types.get(frame.substring(start, end))
  }
}

/** The same string for the same type, so that whoever looks it up need not hash and compare it again. */
class Interned {
  readonly #types = new Map<string, string>()
  #characters = 0

  /** Undefined for what is no plain type. */
  get(text: string): string | undefined {
    return this.#types.get(text) ?? this.#add(text)
  }

  #add(text: string): string | undefined {
    if (text.length === 0 || text.length > MAX_TYPE_LENGTH || !isPlain(text)) return undefined
    // The server chooses the types, so what is kept of them is bounded.
    if (this.#characters > MOST_CHARACTERS) {
      this.#types.clear()
      this.#characters = 0
    }
    // Read anew, since a part of a frame would keep the whole frame in memory.
    const type = JSON.parse(`"${text}"`) as string
    this.#types.set(type, type)
    this.#characters += type.length
    return type
  }
}

/** True where JSON reads the text as it stands. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20 || text[i] === '\\') return false
  return true
}
