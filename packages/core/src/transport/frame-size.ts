import type { Frame } from './transport.ts'

/**
 * Returns a frame's size: bytes, and for text the characters, since counting its bytes would cost more than it is worth.
 * 0 for the objects that some transports take for frames.
 */
export function frameSize(frame: Frame): number {
  if (typeof frame === 'string') return frame.length
  return 'byteLength' in frame ? frame.byteLength : (frame.size ?? 0)
}
