import type { Clock } from '../env/clock.ts'
import { frameBytes } from '../outbox/outbox.ts'
import type { Codec } from '../protocol/codec.ts'
import { sessionMessage, type Numbered } from '../protocol/session/messages.ts'
import type { Frame } from '../transport/transport.ts'
import type { Posting } from './port.ts'
import type { KeptMessage } from './storage.ts'

/** A message of the acknowledged outbox. */
export interface Entry {
  readonly messageType: string
  readonly bytes: number
  /** By the monotonic clock. */
  readonly expiresAt: number
  readonly posting: Posting
  /** Undefined once nobody waits for it any more, and only its number has to be settled. */
  frame: Frame | undefined
  n: number | undefined
  /** When it was handed to the present link. */
  sentAt: number | undefined
  /** Its place in the box that it is kept in; undefined: it is not kept. */
  seq: number | undefined
  /** Changes that must be written before it may leave. */
  unwritten: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Makes the entry of a message that is neither sent nor kept. */
export function newEntry(
  given: Pick<Entry, 'messageType' | 'bytes' | 'posting' | 'expiresAt' | 'resolve' | 'reject'>,
  frame: Frame,
): Entry {
  return {
    ...given,
    frame,
    n: undefined,
    sentAt: undefined,
    seq: undefined,
    unwritten: 0,
  }
}

/** What goes over the wire: of one with a number, that too; of one that was given up, only that. */
export function frameOf({ frame, n, posting }: Entry, codec: Codec): Frame {
  if (n === undefined) return frame!
  if (frame === undefined) return codec.encode(sessionMessage('sw.skip', { n }))
  const { topic, onNumber } = posting
  const sw: Numbered = { n, ...(topic === undefined ? {} : { c: topic }), ...(onNumber ? { rq: true as const } : {}) }
  return codec.stamp!(frame, sw)
}

/** What is kept of an entry; undefined of one that is not worth it. */
export function keptOf(
  { seq, n, messageType, frame, posting, expiresAt }: Entry,
  clock: Clock,
): KeptMessage | undefined {
  if (seq === undefined || frame === undefined) return undefined
  const { topic } = posting
  return {
    seq,
    messageType,
    frame,
    expiresAt: clock.now() + expiresAt - clock.monotonic(),
    ...(n === undefined ? {} : { n }),
    ...(topic === undefined ? {} : { topic }),
  }
}

/** Makes the entries of what a page before kept, oldest first. Nobody waits for them: `failed` hears what does not go well. */
export function restoredEntries(
  messages: readonly KeptMessage[],
  { clock, failed }: { readonly clock: Clock; readonly failed: (reason: unknown) => void },
): Entry[] {
  const entries: Entry[] = []
  let last: number | undefined
  for (const { seq, n, messageType, frame, topic, expiresAt } of messages.toSorted(inOrder)) {
    // Numbers in between were given to what is not kept, and have to be settled all the same.
    for (let hole = (last ?? Infinity) + 1; n !== undefined && hole < n; hole++) entries.push(skipped(hole))
    last = n ?? last
    const entry = newEntry(
      {
        messageType,
        bytes: frameBytes(frame),
        posting: topic === undefined ? {} : { topic },
        expiresAt: clock.monotonic() + expiresAt - clock.now(),
        resolve: () => {},
        reject: failed,
      },
      frame,
    )
    entries.push(Object.assign(entry, { seq, n }))
  }
  return entries
}

/** Those with numbers were first in line; what was kept only when it got its number may have the higher `seq`. */
function inOrder(a: KeptMessage, b: KeptMessage): number {
  if (a.n !== undefined && b.n !== undefined) return a.n - b.n
  if (a.n === undefined && b.n === undefined) return a.seq - b.seq
  return a.n === undefined ? 1 : -1
}

function skipped(n: number): Entry {
  const nobody = { messageType: '', bytes: 0, posting: {}, expiresAt: Infinity, resolve: () => {}, reject: () => {} }
  return { ...newEntry(nobody, ''), frame: undefined, n }
}
