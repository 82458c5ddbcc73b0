import type { Frame } from '../transport/transport.ts'
import type { Envelope } from './envelope.ts'

/** Translates between envelopes and frames. */
export interface Codec {
  /** Reads one frame. MUST return undefined for a frame it cannot read; MAY throw for the same. MUST NOT keep the frame. */
  decode(frame: Frame): Envelope | undefined
  /** Writes one envelope. MAY throw for data it cannot write; the send is then rejected with `ENCODE`. */
  encode(envelope: Envelope): Frame
}
