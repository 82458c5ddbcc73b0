import type { Frame } from '../transport/transport.ts'

const CARRIAGE_RETURN = 0x0d
const OPENING = 0x7b
const CLOSING = 0x7d

/**
 * Takes text apart that holds several JSON objects, one a line: exactly at `}`, a line break and `{`. JSON has no such place within a
 * message, so one that is written over several lines stays in one piece. Undefined where there is nothing to take apart.
 *
 * The parts keep the memory of the whole frame: whoever holds one for longer than a flush copies it.
 */
export function splitLines(frame: Frame): readonly string[] | undefined {
  if (typeof frame !== 'string') return undefined
  let at = frame.indexOf('\n')
  if (at === -1) return undefined
  const parts: string[] = []
  let from = 0
  for (; at !== -1; at = frame.indexOf('\n', at + 1)) {
    if (frame.charCodeAt(at + 1) !== OPENING) continue
    const end = frame.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at
    if (frame.charCodeAt(end - 1) !== CLOSING) continue
    parts.push(frame.substring(from, end))
    from = at + 1
  }
  if (from === 0) return undefined
  parts.push(frame.substring(from))
  return parts
}

/** Writes JSON objects one a line. Throws a TypeError for a frame that is none: it could not be told from its neighbours. */
export function joinLines(frames: readonly Frame[]): string {
  if (!frames.every(isLine)) throw new TypeError('Only JSON objects in text frames can be joined.')
  return frames.join('\n')
}

function isLine(frame: Frame): frame is string {
  return typeof frame === 'string' && frame.startsWith('{') && frame.endsWith('}')
}
