import { frameSize } from '../transport/frame-size.ts'
import type { Frame } from '../transport/transport.ts'
import type { ConnectionPolicy } from './policy.ts'

/** Takes a frame apart that holds several messages; undefined: the frame goes its way as it is. */
export function splitFrame(
  { codec, maxFrameBytes, splitFrames }: Pick<ConnectionPolicy, 'codec' | 'maxFrameBytes' | 'splitFrames'>,
  frame: Frame,
): readonly Frame[] | undefined {
  if (!splitFrames) return undefined
  // Too large: told once, for the whole of it, by whoever reads it.
  if (!codec.split || frameSize(frame) > maxFrameBytes) return undefined
  try {
    return codec.split(frame)
  } catch {
    return undefined
  }
}
