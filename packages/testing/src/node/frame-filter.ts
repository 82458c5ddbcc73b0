import type { FrameRules, FrameStep } from './frame-rules.ts'
import { OPCODE, readFrameHead, readPayload, type FrameHead } from './web-socket-frame.ts'

const HEAD_END = '\r\n\r\n'
const LONGEST_HEAD_BYTES = 65_536

interface Fragment {
  readonly bytes: Buffer
  readonly payload: Buffer
}

/**
 * Finds the text messages in one direction of a connection and hands them to the rules. Everything else passes as it came: what is no
 * WebSocket, control and binary frames, compressed messages, and all frames while no rule is about this direction.
 */
export class FrameFilter {
  readonly #direction: 'up' | 'down'
  readonly #rules: FrameRules
  #mode: 'head' | 'frames' | 'opaque' = 'head'
  #head = ''
  #held: Buffer[] = []
  #heldBytes = 0
  /** How many bytes are needed before there is anything to see. */
  #wanted = 0
  /** What is left of a frame that passes without being looked at. */
  #passing = 0
  /** The message whose last fragment has not come. */
  #fragments: Fragment[] = []

  constructor(direction: 'up' | 'down', rules: FrameRules) {
    this.#direction = direction
    this.#rules = rules
  }

  push(chunk: Buffer): FrameStep[] {
    if (this.#mode === 'opaque') return [passed(chunk)]
    if (this.#mode === 'head') return this.#readHead(chunk)
    return this.#readFrames(chunk)
  }

  /** Returns what was held back of a frame that never became whole. */
  rest(): Buffer {
    const rest = Buffer.concat([...this.#fragments.map(({ bytes }) => bytes), ...this.#held])
    this.#fragments = []
    this.#held = []
    this.#heldBytes = 0
    return rest
  }

  #readHead(chunk: Buffer): FrameStep[] {
    const before = this.#head.length
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf(HEAD_END)
    if (end === -1) {
      if (this.#head.length > LONGEST_HEAD_BYTES || !isHttp(this.#head)) this.#mode = 'opaque'
      return [passed(chunk)]
    }
    const upgraded = isUpgrade(this.#head.slice(0, end))
    this.#head = ''
    this.#mode = upgraded ? 'frames' : 'opaque'
    const size = end + HEAD_END.length - before
    const steps = [passed(chunk.subarray(0, size))]
    return size < chunk.length ? [...steps, ...this.push(chunk.subarray(size))] : steps
  }

  #readFrames(chunk: Buffer): FrameStep[] {
    const passing = chunk.subarray(0, this.#passing)
    this.#passing -= passing.length
    const steps = passing.length > 0 ? [passed(passing)] : []
    this.#held.push(chunk.subarray(passing.length))
    this.#heldBytes += chunk.length - passing.length
    if (this.#heldBytes < this.#wanted) return steps
    return [...steps, ...this.#readHeld()]
  }

  #readHeld(): FrameStep[] {
    const steps: FrameStep[] = []
    let bytes = Buffer.concat(this.#held)
    this.#wanted = 0
    for (let head = readFrameHead(bytes); head; head = readFrameHead(bytes)) {
      const size = head.headBytes + head.payloadBytes
      if (!this.#interesting(head)) {
        steps.push(passed(bytes.subarray(0, size)))
        this.#passing = Math.max(0, size - bytes.length)
      } else if (bytes.length < size) {
        this.#wanted = size
        break
      } else {
        steps.push(...this.#read(head, bytes.subarray(0, size)))
      }
      bytes = bytes.subarray(size)
    }
    this.#held = bytes.length > 0 ? [bytes] : []
    this.#heldBytes = bytes.length
    return steps
  }

  #interesting({ opcode, reserved }: FrameHead): boolean {
    if (opcode === OPCODE.continuation) return this.#fragments.length > 0
    return opcode === OPCODE.text && reserved === 0 && this.#rules.concern(this.#direction)
  }

  #read(head: FrameHead, bytes: Buffer): FrameStep[] {
    this.#fragments.push({ bytes, payload: readPayload(bytes, head) })
    if (!head.final) return []
    const fragments = this.#fragments
    this.#fragments = []
    const text = Buffer.concat(fragments.map(({ payload }) => payload)).toString()
    return this.#rules.apply(this.#direction, text, Buffer.concat(fragments.map((fragment) => fragment.bytes)))
  }
}

function passed(bytes: Buffer): FrameStep {
  return { kind: 'bytes', bytes }
}

function isHttp(head: string): boolean {
  return ['GET ', 'HTTP/'].some((start) => start.startsWith(head.slice(0, start.length)))
}

function isUpgrade(head: string): boolean {
  return /^HTTP\/1\.1 101\b/.test(head) || (head.startsWith('GET ') && /^upgrade:\s*websocket\s*$/im.test(head))
}
