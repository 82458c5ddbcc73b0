import type { Frame } from '../transport/transport.ts'
import type { Envelope } from './envelope.ts'

/** Translates between envelopes and frames. */
export interface Codec {
  /** Reads one frame. MUST return undefined for a frame it cannot read; MAY throw for the same. MUST NOT keep the frame. */
  decode(frame: Frame): Envelope | undefined
  /**
   * Tells a frame's type without decoding it, where that costs next to nothing. MUST return undefined when it is not sure what
   * `decode` would say, and MUST NOT throw. Frames that are overwritten before they are shown are not decoded, with it.
   */
  peek?(frame: Frame): string | undefined
  /** Writes one envelope. MAY throw for data it cannot write; the send is then rejected with `ENCODE`. */
  encode(envelope: Envelope): Frame
  /**
   * Writes `sw` into a frame that `encode` made, so that `decode` on the other side finds it in the envelope.
   * Only sessions need it: with a codec that has no `stamp`, every server is a plain one.
   */
  stamp?(frame: Frame, sw: object): Frame
  /**
   * Takes a frame apart that holds several messages; each part is then read as a frame of its own. MUST return the parts in their order,
   * MUST NOT cut a message in two, and MUST return undefined for a frame that is one message. It is called for every frame: telling that
   * there is nothing to take apart MUST cost next to nothing. MAY return parts that share the frame's memory. What it throws counts as undefined.
   */
  split?(frame: Frame): readonly Frame[] | undefined
  /**
   * Puts frames that `encode` or `stamp` made into one. `split` on the other side MUST give back exactly these, in their order. MAY throw for
   * frames that it cannot join. MUST NOT be given a list of none.
   */
  join?(frames: readonly Frame[]): Frame
}
