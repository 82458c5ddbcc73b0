import { frameSize } from '../transport/frame-size.ts'
import type { Frame } from '../transport/transport.ts'
import type { ConnectionPolicy } from './policy.ts'

/** Returns what takes frames apart that hold several messages; undefined: the frame goes its way as it is. */
export function createSplit({
  codec,
  maxFrameBytes,
}: Pick<ConnectionPolicy, 'codec' | 'maxFrameBytes'>): (frame: Frame) => readonly Frame[] | undefined {
  if (!codec.split) return () => undefined
  return (frame) => {
    // Told once, for the whole of it, by whoever reads it.
    if (frameSize(frame) > maxFrameBytes) return undefined
    try {
      return codec.split?.(frame)
    } catch {
      return undefined
    }
  }
}
