import type { Codec } from './codec.ts'
import { frameText } from './frame-text.ts'

/**
 * Returns a codec for servers that speak raw text: each frame is the data of one message, all of the same type.
 * Binary frames that hold UTF-8 are text too.
 *
 * `encode` throws a TypeError for data that is no string, and for another type, which the frame could not carry.
 *
 * @param type What the messages are called here; it is not on the wire.
 */
export function textCodec(type = 'message'): Codec {
  return {
    decode(frame) {
      const data = frameText(frame)
      return data === undefined ? undefined : { type, data }
    },
    encode(envelope) {
      if (envelope.type !== type) {
        throw new TypeError(
          `textCodec sends "${type}" messages only, not "${envelope.type}"; use sendRaw for other text.`,
        )
      }
      if (typeof envelope.data !== 'string') throw new TypeError('textCodec sends strings only.')
      return envelope.data
    },
  }
}
