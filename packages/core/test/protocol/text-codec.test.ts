import { describeCodecContract } from '@statewire/testing/contracts'
import { describe, expect, it } from 'vitest'
import { textCodec } from '../../src/protocol/text-codec.ts'

describeCodecContract('textCodec', textCodec(), {
  envelopes: [
    { type: 'message', data: '12321' },
    { type: 'message', data: '' },
    { type: 'message', data: '{"type":"other"}' },
  ],
  unreadable: [new Blob(['text'])],
})

describe('textCodec', () => {
  it('gives text its own type', () => {
    expect(textCodec('line').decode('hi')).toEqual({ type: 'line', data: 'hi' })
  })

  it('reads binary frames that hold UTF-8', () => {
    const bytes = new TextEncoder().encode('grüß')
    expect(textCodec().decode(bytes)).toEqual({ type: 'message', data: 'grüß' })
    expect(textCodec().decode(new Uint8Array([0xff]))).toBeUndefined()
  })

  it('throws for data that is no text, and for a type that text cannot carry', () => {
    expect(() => textCodec().encode({ type: 'message', data: { a: 1 } })).toThrow(TypeError)
    expect(() => textCodec().encode({ type: 'message', data: undefined })).toThrow(TypeError)
    expect(() => textCodec().encode({ type: 'say', data: 'hi' })).toThrow('sendRaw')
  })
})
