import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../../src/protocol/json-codec.ts'
import { toFrame } from '../../src/protocol/to-frame.ts'

const setup = () => {
  const codec = jsonCodec({ write: (type, data) => ({ kind: type, body: data }) })
  return { frameOf: (value: unknown) => toFrame(codec, value) }
}

describe('toFrame', () => {
  it('leaves text and binary as they are', () => {
    const { frameOf } = setup()
    const bytes = new Uint8Array([1])
    const blob = new Blob([])
    expect(frameOf('ping')).toBe('ping')
    expect(frameOf(bytes)).toBe(bytes)
    expect(frameOf(bytes.buffer)).toBe(bytes.buffer)
    expect(frameOf(blob)).toBe(blob)
  })

  it('lets the codec write a message', () => {
    const { frameOf } = setup()
    expect(frameOf({ type: 'auth', data: 't' })).toBe('{"kind":"auth","body":"t"}')
    expect(frameOf({ type: 'heartCheck' })).toBe('{"kind":"heartCheck"}')
  })

  it('writes any other value as JSON', () => {
    const { frameOf } = setup()
    expect(frameOf({ ping: true })).toBe('{"ping":true}')
    expect(frameOf({ type: 'login', token: 't' })).toBe('{"type":"login","token":"t"}')
    expect(frameOf({ type: 8 })).toBe('{"type":8}')
    expect(frameOf(42)).toBe('42')
  })

  it.each([[undefined], [() => {}], [Symbol('x')]])('throws for what JSON has no form for', (value) => {
    expect(() => setup().frameOf(value)).toThrow(TypeError)
  })
})
