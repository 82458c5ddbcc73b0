import { describeCodecContract } from '@statewire/testing/contracts'

describeCodecContract(
  'a binary codec',
  {
    encode: (envelope) => new TextEncoder().encode(JSON.stringify(envelope)),
    decode(frame) {
      if (!(frame instanceof Uint8Array)) return undefined
      const value: unknown = JSON.parse(new TextDecoder().decode(frame))
      if (typeof value !== 'object' || value === null || !('type' in value)) return undefined
      const { type, ...rest } = value
      return typeof type === 'string' ? { type, data: 'data' in rest ? rest.data : undefined } : undefined
    },
  },
  {
    envelopes: [
      { type: 'ticker', data: { price: 1.5, tags: ['é', '😀'] } },
      { type: '__proto__', data: null },
    ],
    unreadable: ['text', new Uint8Array([123])],
  },
)
