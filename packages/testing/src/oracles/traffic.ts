import type { Frame } from '@statewire/core'
import type { Ledger, Outcome } from './ledger.ts'
import { messageKey, sessionKeys } from './message-key.ts'

/** What passed over one link. A `FakeTransport` fits; a test with real sockets writes it down itself. */
export interface WatchedLink {
  /** What the client sent, oldest first. */
  readonly sent: readonly Frame[]
  /** What the client may have received, oldest first. */
  readonly delivered: readonly Frame[]
}

/** A message that was given to a client, and what became of its promise. */
export interface Sending {
  readonly id: number
  readonly kind: 'message' | 'request'
  /** Undefined for what cannot be compared with a frame. */
  readonly key: string | undefined
  outcome?: 'ok' | 'rejected'
}

const CLIENT = 'client'

/** Enters into a ledger what was given to the client, what left over its links, and what became of the promises. */
export function enterSendings(
  ledger: Ledger,
  sendings: readonly Sending[],
  links: readonly WatchedLink[] | undefined,
): void {
  const { applied, numbered } = findOnWire(sendings, links ?? [])
  for (const { id } of sendings) ledger.accepted(CLIENT, id)
  for (const id of applied) ledger.applied(CLIENT, id)
  for (const sending of sendings) {
    const isKnown = links !== undefined && sending.key !== undefined
    const outcome = isKnown ? outcomeOf(sending, numbered) : sending.outcome && 'unknown'
    if (outcome) ledger.settled(CLIENT, sending.id, outcome)
  }
}

function outcomeOf({ id, kind, outcome }: Sending, numbered: ReadonlySet<number>): Outcome | undefined {
  // A plain request may leave in another shape.
  if (outcome === 'ok') return kind === 'request' ? 'unknown' : 'ok'
  // Given up after it was sent, or while nobody knew whether the server has it.
  if (outcome === 'rejected' && (kind === 'request' || numbered.has(id))) return 'unknown'
  return outcome
}

interface OnWire {
  /** Ids of what left, in the order of leaving; what a session sends again counts once. */
  readonly applied: readonly number[]
  /** Ids of what left with a number, so that the server acknowledges it. */
  readonly numbered: ReadonlySet<number>
}

function findOnWire(sendings: readonly Sending[], links: readonly WatchedLink[]): OnWire {
  const candidates = new Map<string, Sending[]>()
  for (const sending of sendings) {
    const same = sending.key === undefined ? undefined : candidates.get(sending.key)
    if (same) same.push(sending)
    else if (sending.key !== undefined) candidates.set(sending.key, [sending])
  }
  const applied: number[] = []
  const numbered = new Map<string, number>()
  let clientId = ''
  for (const frame of links.flatMap(({ sent }) => sent)) {
    const { n, cid = clientId } = sessionKeys(frame) ?? {}
    clientId = cid
    const key = messageKey(frame)
    const number = n === undefined ? undefined : `${clientId} ${n} ${key}`
    const same = key === undefined ? undefined : candidates.get(key)
    if (!same || (number !== undefined && numbered.has(number))) continue
    const id = takeOne(same, applied.at(-1) ?? 0)
    applied.push(id)
    if (number !== undefined) numbered.set(number, id)
  }
  return { applied, numbered: new Set(numbered.values()) }
}

/** Of several equal messages the one that fits best; of one that left before, that one again. */
function takeOne(same: Sending[], last: number): number {
  const fits = [
    ({ id, outcome }: Sending) => outcome !== 'rejected' && id > last,
    ({ outcome }: Sending) => outcome !== 'rejected',
    () => true,
  ]
  const index = fits.map((fit) => same.findIndex(fit)).find((found) => found !== -1) ?? 0
  const [taken] = same.length > 1 ? same.splice(index, 1) : same
  return taken?.id ?? 0
}

/** The messages that were shown and did not arrive in this order, or not as often. */
export function notDelivered(shown: readonly string[], links: readonly WatchedLink[]): string[] {
  const arrived = links.flatMap(({ delivered }) => delivered.flatMap(messagesIn).map(messageKey))
  let at = 0
  return shown.filter((key) => {
    const found = arrived.indexOf(key, at)
    if (found === -1) return true
    at = found + 1
    return false
  })
}

/** A frame may hold several messages, one a line. */
function messagesIn(frame: Frame): readonly Frame[] {
  return typeof frame === 'string' ? frame.split(/(?<=\})\r?\n(?=\{)/) : [frame]
}
