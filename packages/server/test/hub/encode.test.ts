import { describe, expect, it } from 'vitest'
import { assertTopic, encodeMessage, encodeReply, stampPlace } from '../../src/hub/encode.ts'

const stamped = (payload: string, name = 'room'): unknown => JSON.parse(stampPlace(payload, JSON.stringify(name), 3))

describe('encodeMessage', () => {
  it.each([
    ['x', { a: 1 }, '{"type":"x","data":{"a":1}}'],
    ['x', null, '{"type":"x","data":null}'],
    ['x', undefined, '{"type":"x"}'],
    ['"\n', '"', '{"type":"\\"\\n","data":"\\""}'],
  ])('%j with %j', (type, data, expected) => {
    expect(encodeMessage(type, data)).toBe(expected)
  })

  it.each(['', 'sw.ack', 'x'.repeat(256), 3 as never])('refuses the type %j', (type) => {
    expect(() => encodeMessage(type, 1)).toThrow(expect.objectContaining({ code: 'INVALID_TYPE' }))
  })

  it.each([[1n], [() => {}], [Symbol('x')]])('refuses data that JSON cannot carry: %s', (data) => {
    expect(() => encodeMessage('x', data)).toThrow(expect.objectContaining({ code: 'ENCODE' }))
  })
})

describe('stampPlace', () => {
  it.each([{ a: 1 }, undefined, '}', { sw: { c: 'mine' } }])('adds the place to a message with %j', (data) => {
    const sw = { c: 'ro"om', o: 3 }
    const expected = data === undefined ? { type: 'x', sw } : { type: 'x', data, sw }
    expect(stamped(encodeMessage('x', data), 'ro"om')).toEqual(expected)
  })

  it('adds the place to what a reply says of itself, whatever is in it', () => {
    const tricky = ',"sw":{'
    const error = { code: 'x', message: tricky }
    const sw = { c: '#', o: 3, re: 9 }
    expect(stamped(encodeReply(9, tricky), '#')).toEqual({ type: 'sw.reply', data: tricky, sw })
    expect(stamped(encodeReply(9, { sw: {} }), '#')).toEqual({ type: 'sw.reply', data: { sw: {} }, sw })
    expect(stamped(encodeReply(9, undefined, error), '#')).toEqual({ type: 'sw.reply', sw: { ...sw, error } })
  })
})

describe('assertTopic', () => {
  it.each(['', '#', '#sid', 'a\nb', 'x'.repeat(256)])('refuses %j', (topic) => {
    expect(() => assertTopic(topic)).toThrow(expect.objectContaining({ code: 'INVALID_TOPIC' }))
  })

  it.each(['a', 'a#', '__proto__', 'é'.repeat(127)])('takes %j', (topic) => {
    expect(() => assertTopic(topic)).not.toThrow()
  })
})
