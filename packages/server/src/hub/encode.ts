import { parseName, type Announcement, type SessionMessages, type SessionMessageType } from '@statewire/core/protocol'
import { MAX_TYPE_LENGTH } from '@statewire/core/protocol'
import { ServerError } from '../errors.ts'

const REPLY_HEAD = '{"type":"sw.reply"'

/** Writes a message as JSON text. @throws {ServerError} `ENCODE`, `INVALID_TYPE` */
export function encodeMessage(type: string, data: unknown): string {
  if (typeof type !== 'string' || type === '' || type.length > MAX_TYPE_LENGTH || type.startsWith('sw.')) {
    const rule = `a string of 1 to ${MAX_TYPE_LENGTH} characters that does not begin with "sw."`
    throw new ServerError('INVALID_TYPE', `A message type must be ${rule}.`)
  }
  return write(JSON.stringify(type), data)
}

function write(type: string, data: unknown): string {
  if (data === undefined) return `{"type":${type}}`
  let text: string | undefined
  try {
    text = JSON.stringify(data) as string | undefined
  } catch (cause) {
    throw new ServerError('ENCODE', `The data of a ${type} message cannot be written as JSON (see cause).`, { cause })
  }
  if (text === undefined) throw new ServerError('ENCODE', `JSON has no form for a value of type ${typeof data}.`)
  return `{"type":${type},"data":${text}}`
}

/** Writes the reply to a request, as it is stored: its place is added when it is delivered. */
export function encodeReply(
  re: number,
  data: unknown,
  error?: { readonly code: string; readonly message: string },
): string {
  const payload = write('"sw.reply"', data)
  return `${payload.slice(0, -1)},"sw":${JSON.stringify(error ? { re, error } : { re })}}`
}

/** Writes a stored message with its place in the topic; `name` is the topic as JSON text. */
export function stampPlace(payload: string, name: string, offset: number): string {
  const place = `"c":${name},"o":${offset}`
  if (!payload.startsWith(REPLY_HEAD)) return `${payload.slice(0, -1)},"sw":{${place}}}`
  // JSON escapes quotes in strings, so this is the key that was written last.
  const at = payload.lastIndexOf(',"sw":{') + ',"sw":{'.length
  return `${payload.slice(0, at)}${place},${payload.slice(at)}`
}

/** Writes a session message. */
export function sessionFrame<Type extends SessionMessageType>(type: Type, sw: SessionMessages[Type]): string {
  return `{"type":"${type}","sw":${JSON.stringify(sw)}}`
}

/** Writes the acceptance of a token. */
export function authOkFrame(sw: Announcement): string {
  return `{"type":"auth ok","sw":${JSON.stringify(sw)}}`
}

/** @throws {ServerError} `INVALID_TOPIC` */
export function assertTopic(topic: string): void {
  if (isPublicTopic(topic)) return
  const rule = 'a string of 1 to 255 bytes without control characters that does not begin with "#"'
  throw new ServerError('INVALID_TOPIC', `A topic must be ${rule}.`)
}

/** False for what could name a session's private topic. */
export function isPublicTopic(topic: string): boolean {
  return parseName(topic) !== undefined && !topic.startsWith('#')
}
