import { randomBytes } from 'node:crypto'

/** What the first bytes of a frame say about it. RFC 6455, section 5.2. */
export interface FrameHead {
  readonly final: boolean
  /** Bits of extensions; not 0 when the payload is compressed. */
  readonly reserved: number
  readonly opcode: number
  readonly mask: Buffer | undefined
  readonly headBytes: number
  readonly payloadBytes: number
}

export const OPCODE = { continuation: 0, text: 1, close: 8 } as const

const SHORTEST_HEAD = 2
const LONGEST_SHORT = 125
const LONGEST_MEDIUM = 0xffff

/** Reads the head of a frame; undefined when more bytes are needed. */
export function readFrameHead(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < SHORTEST_HEAD) return undefined
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  const short = second & 0x7f
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
  const masked = (second & 0x80) !== 0
  const headBytes = SHORTEST_HEAD + lengthBytes + (masked ? 4 : 0)
  if (bytes.length < headBytes) return undefined
  return {
    final: (first & 0x80) !== 0,
    reserved: (first >> 4) & 7,
    opcode: first & 0x0f,
    mask: masked ? bytes.subarray(headBytes - 4, headBytes) : undefined,
    headBytes,
    payloadBytes: readLength(bytes, short),
  }
}

/** Reads the payload of a whole frame. */
export function readPayload(bytes: Buffer, { headBytes, payloadBytes, mask }: FrameHead): Buffer {
  const payload = bytes.subarray(headBytes, headBytes + payloadBytes)
  return mask ? masked(payload, mask) : payload
}

/** Writes an unfragmented text frame. @param up Client to server: those frames are masked. */
export function textFrame(text: string, { up }: { readonly up: boolean }): Buffer {
  return writeFrame(OPCODE.text, Buffer.from(text), up)
}

/** Writes a close frame without a reason. */
export function closeFrame(code: number, { up }: { readonly up: boolean }): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return writeFrame(OPCODE.close, payload, up)
}

function writeFrame(opcode: number, payload: Buffer, up: boolean): Buffer {
  const maskBit = up ? 0x80 : 0
  const first = Buffer.from([0x80 | opcode])
  const mask = up ? randomBytes(4) : Buffer.alloc(0)
  return Buffer.concat([first, writeLength(payload.length, maskBit), mask, up ? masked(payload, mask) : payload])
}

function writeLength(length: number, maskBit: number): Buffer {
  if (length <= LONGEST_SHORT) return Buffer.from([maskBit | length])
  if (length <= LONGEST_MEDIUM) return Buffer.from([maskBit | 126, length >> 8, length & 0xff])
  const long = Buffer.alloc(9)
  long.writeUInt8(maskBit | 127, 0)
  long.writeBigUInt64BE(BigInt(length), 1)
  return long
}

function readLength(bytes: Buffer, short: number): number {
  if (short === 126) return bytes.readUInt16BE(2)
  return short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0)))
}
