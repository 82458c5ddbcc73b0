import type { Codec, Envelope, Frame } from '@statewire/core'
import { describe, expect, it } from 'vitest'

/** What a codec is tried with. */
export interface CodecSamples {
  /** Envelopes that survive encoding and decoding unchanged. At least one. */
  readonly envelopes: readonly Envelope[]
  /** Frames the codec cannot read. Common broken frames are tried besides. @default [] */
  readonly unreadable?: readonly Frame[]
}

const NESTED = 100_000
const BROKEN: readonly Frame[] = [
  '',
  ' ',
  '{"a":',
  'null',
  '[]',
  '42',
  'true',
  '"x"',
  '{}',
  '{"type":{}}',
  '\u0000',
  '['.repeat(NESTED),
  new ArrayBuffer(0),
  new Uint8Array([0xff, 0xfe]),
]

/**
 * What every `Codec` must do.
 *
 * @example
 * describeCodecContract('jsonCodec', jsonCodec(), { envelopes: [{ type: 'ticker', data: [1, 2] }] })
 */
export function describeCodecContract(name: string, codec: Codec, { envelopes, unreadable = [] }: CodecSamples): void {
  const read = (frame: Frame): Envelope | undefined => {
    try {
      return codec.decode(frame)
    } catch {
      return undefined
    }
  }

  describe(`${name} (codec contract)`, () => {
    it.each(envelopes)('gives back what was encoded: $type', (envelope) => {
      const frame = codec.encode(envelope)
      expect(codec.decode(frame)).toEqual(envelope)
      expect(codec.decode(frame), 'decoded again').toEqual(envelope)
    })

    it('takes nothing apart that is one message, and gives back what it joined', () => {
      const frames = envelopes.map((envelope) => codec.encode(envelope))
      for (const frame of frames) expect(codec.split?.(frame)).toBeUndefined()
      if (!codec.join) return
      expect(codec.split?.(codec.join([...frames, ...frames]))).toEqual([...frames, ...frames])
    })

    it('keeps nothing of a frame it has read', () => {
      for (const envelope of envelopes) {
        const frame = codec.encode(envelope)
        const bytes = bytesOf(frame)
        const decoded = codec.decode(frame)
        bytes?.fill(0)
        expect(decoded).toEqual(envelope)
      }
    })

    it.each(unreadable.map((frame) => [frame]))('reads nothing from %j', (frame) => {
      expect(read(frame)).toBeUndefined()
    })

    it('reads an envelope or nothing from broken frames, and the next good frame as usual', () => {
      for (const frame of [...BROKEN, ...unreadable]) {
        const envelope = read(frame)
        if (envelope) expect(envelope.type).toBeTypeOf('string')
        for (const good of envelopes) expect(codec.decode(codec.encode(good))).toEqual(good)
      }
    })

    it('does not touch prototypes', () => {
      read('{"type":"__proto__","data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}')
      read('{"__proto__":{"type":"ticker","polluted":1}}')
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    })
  })
}

function bytesOf(frame: Frame): Uint8Array | undefined {
  if (frame instanceof ArrayBuffer) return new Uint8Array(frame)
  return ArrayBuffer.isView(frame) ? new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength) : undefined
}
