import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../../src/protocol/json-codec.ts'
import { compileMatcher, isRepeatedAcceptance, matchAccepted, matchRefused } from '../../src/protocol/matcher.ts'
import { textCodec } from '../../src/protocol/text-codec.ts'
import type { Frame } from '../../src/transport/transport.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const setup = (codec = jsonCodec()) => ({ accepts: (frame: Frame) => matchAccepted(codec.decode(frame), frame) })

describe('compileMatcher', () => {
  it('takes a string for the exact type', () => {
    const matches = compileMatcher('welcome')
    expect(matches({ type: 'welcome', data: 1 }, '')).toBe(true)
    expect(matches({ type: 'welcome!', data: 'welcome' }, 'welcome')).toBe(false)
    expect(matches(undefined, 'welcome')).toBe(false)
  })

  it('hands a function the message and the frame, and takes its answer as true or false', () => {
    const matches = compileMatcher(((message: unknown, frame: unknown) => message ?? frame) as never)
    expect(matches(undefined, 'raw')).toBe(true)
    expect(matches(undefined, '')).toBe(false)
  })
})

describe('matchAccepted', () => {
  it.each<Frame>([
    'auth ok',
    'auth ok\n',
    '"auth ok"',
    '{"type":"auth ok"}',
    '{"type":"auth","data":"auth ok"}',
    '{"type":"anything","data":"auth ok"}',
    bytes('auth ok'),
    bytes('auth ok').buffer as ArrayBuffer,
    bytes('{"type":"auth ok"}'),
  ])('knows %j', (frame) => expect(setup().accepts(frame)).toBe(true))

  it.each<Frame>([
    '',
    'auth',
    'auth okay',
    'AUTH OK',
    '{"type":"auth"}',
    '{"type":"auth","data":["auth ok"]}',
    '{"data":"auth ok"}',
    '["auth ok"]',
    ' '.repeat(100) + 'auth ok',
    bytes(' '.repeat(100) + 'auth ok'),
    new Blob(['auth ok']),
  ])('does not know %j', (frame) => expect(setup().accepts(frame)).toBe(false))

  it('knows raw text under a text codec', () => expect(setup(textCodec()).accepts('auth ok')).toBe(true))
})

describe('matchRefused', () => {
  it('knows the type noAuth only', () => {
    expect(matchRefused({ type: 'noAuth', data: undefined }, '')).toBe(true)
    expect(matchRefused({ type: 'noauth', data: 'noAuth' }, 'noAuth')).toBe(false)
    expect(matchRefused(undefined, 'noAuth')).toBe(false)
  })
})

describe('isRepeatedAcceptance', () => {
  it('knows the type auth ok, and auth with that data', () => {
    expect(isRepeatedAcceptance({ type: 'auth ok', data: undefined })).toBe(true)
    expect(isRepeatedAcceptance({ type: 'auth', data: 'auth ok' })).toBe(true)
  })

  it('leaves a chat message to the application', () => {
    expect(isRepeatedAcceptance({ type: 'chat', data: 'auth ok' })).toBe(false)
    expect(isRepeatedAcceptance({ type: 'auth', data: 'changed' })).toBe(false)
  })
})
