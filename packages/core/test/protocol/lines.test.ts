import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonCodec } from '../../src/protocol/json-codec.ts'
import { joinLines, splitLines } from '../../src/protocol/lines.ts'
import type { Frame } from '../../src/transport/transport.ts'

const pretty = JSON.stringify({ type: 'a', data: [{ x: 1 }, { y: {} }] }, undefined, 2)

describe('splitLines', () => {
  it.each<[what: string, frame: Frame, parts: readonly string[] | undefined]>([
    ['nothing', '', undefined],
    ['one message', '{"type":"a"}', undefined],
    ['two messages', '{"type":"a"}\n{"type":"b"}', ['{"type":"a"}', '{"type":"b"}']],
    ['many messages', '{}\n{}\n{}\n{}', ['{}', '{}', '{}', '{}']],
    ['lines that end as in Windows', '{"a":1}\r\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ['a line break at the end', '{"a":1}\n', undefined],
    ['a line break behind the last message', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}\n']],
    ['a line break before the first', '\n{"a":1}\n{"b":2}', ['\n{"a":1}', '{"b":2}']],
    ['line breaks only', '\n\r\n\n', undefined],
    ['an empty line between', '{"a":1}\n\n{"b":2}', undefined],
    ['a blank between', '{"a":1} \n {"b":2}', undefined],
    ['a message over several lines', pretty, undefined],
    ['several of these', `${pretty}\n${pretty}`, [pretty, pretty]],
    ['a list over several lines', '[{"a":1},\n{"b":2}\n]', undefined],
    ['text that looks like it, escaped', JSON.stringify({ text: '}\n{' }), undefined],
    ['a broken part', '{"a":1}\n{"b":\n{"c":3}', ['{"a":1}', '{"b":\n{"c":3}']],
    ['half a message at the end', '{"a":1}\n{"b":', ['{"a":1}', '{"b":']],
    ['a line that is no object', '{"a":1}\nauth ok\n{"b":2}', undefined],
    ['bytes', new TextEncoder().encode('{"a":1}\n{"b":2}'), undefined],
    ['a Blob', new Blob(['{"a":1}\n{"b":2}']), undefined],
  ])('%s', (_, frame, parts) => {
    expect(splitLines(frame)).toEqual(parts)
  })

  it('never cuts a message, however it is written, and gives back what was joined', () => {
    const message = fc.tuple(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom('', ' ', '\n', '\t'),
      fc.constantFrom('\n', '\r\n'),
    )
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
        const frames = messages.map(([value, indent, lineBreak]) =>
          JSON.stringify(value, undefined, indent).replaceAll('\n', lineBreak),
        )
        const joined = joinLines(frames)
        expect(splitLines(joined) ?? [joined]).toEqual(frames)
      }),
    )
  })
})

describe('joinLines', () => {
  it('gives back a frame that is alone', () => {
    expect(joinLines(['{"type":"a"}'])).toBe('{"type":"a"}')
  })

  it.each<[Frame]>([['auth ok'], ['[1]'], ['{"a":1}\n'], [new ArrayBuffer(2)]])('refuses %j', (frame) => {
    expect(() => joinLines(['{"type":"a"}', frame])).toThrow(TypeError)
  })
})

describe('jsonCodec', () => {
  it('splits and joins, whatever the keys are called', () => {
    const codec = jsonCodec({ type: 'action', write: (type, data) => ({ action: type, ...(data as object) }) })
    const frames = [codec.encode({ type: 'a', data: { x: '}\n{' } }), codec.encode({ type: 'b', data: {} })]
    expect(codec.split?.(codec.join!(frames))).toEqual(frames)
  })
})
