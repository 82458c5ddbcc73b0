import { StreamLedger, type Place, type StreamViolation } from './stream-ledger.ts'
import type { Violation } from './violation.ts'

/** `ok`: it is applied. `rejected`: it is not. `unknown`: it may be (given up after it was sent), at most once. */
export type Outcome = 'ok' | 'rejected' | 'unknown'

export type MessageViolation =
  | 'lost'
  | 'duplicated'
  | 'reordered'
  | 'altered'
  | 'applied though rejected'
  | 'never accepted'
  | 'accepted twice'
  | 'settled twice'
  | 'never settled'

export type LedgerViolation = Violation<MessageViolation | StreamViolation>

/**
 * Notes what was sent, what became of it and what arrived, and says what went wrong. Knows no client and no server: the test tells it.
 * Call `check` when everything is at rest.
 */
export interface Ledger {
  /** A sender was told that its message will be delivered. @param id Unique for the sender: a number, or any name. */
  accepted(sender: string, id: string | number, payload?: unknown): void
  /** The promise of a message settled. */
  settled(sender: string, id: string | number, outcome: Outcome): void
  /** A receiver acted on a message. The payload is compared with what was accepted, as JSON; left out: not compared. */
  applied(sender: string, id: string | number, payload?: unknown): void
  /** A subscriber got a message of a topic. @param receiver Names the subscription, such as 'tab 1, room'. */
  received(receiver: string, place: Place): void
  /** A subscriber was told that messages are missing. */
  resynced(receiver: string): void
  /** Returns everything that is wrong; an empty list when all promises were kept. Changes nothing. */
  check(): LedgerViolation[]
}

interface Message {
  readonly order: number
  readonly payload: string | undefined
  readonly outcomes: Outcome[]
}

interface Application {
  readonly id: string | number
  readonly payload: string | undefined
}

/** Messages of one sender. */
interface Book {
  readonly messages: Map<string | number, Message>
  readonly applied: Application[]
  readonly problems: LedgerViolation[]
}

/**
 * Returns an empty ledger.
 *
 * @example
 * const ledger = createLedger()
 * ledger.accepted('client', 1, 'hello')
 * ledger.applied('client', 1, 'hello')
 * ledger.settled('client', 1, 'ok')
 * ledger.check() // []
 */
export function createLedger(): Ledger {
  const books = new Map<string, Book>()
  const streams = new Map<string, StreamLedger>()
  const book = (sender: string): Book => at(books, sender, () => ({ messages: new Map(), applied: [], problems: [] }))
  const stream = (receiver: string): StreamLedger => at(streams, receiver, () => new StreamLedger(receiver))
  return {
    accepted(sender, id, payload) {
      const { messages, problems } = book(sender)
      if (messages.has(id)) problems.push(violation('accepted twice', sender, id))
      else messages.set(id, { order: messages.size, payload: written(payload), outcomes: [] })
    },
    settled(sender, id, outcome) {
      const { messages, problems } = book(sender)
      const message = messages.get(id)
      if (message) message.outcomes.push(outcome)
      else problems.push(violation('never accepted', sender, id))
    },
    applied: (sender, id, payload) => void book(sender).applied.push({ id, payload: written(payload) }),
    received: (receiver, place) => stream(receiver).received(place),
    resynced: (receiver) => stream(receiver).resynced(),
    check() {
      const messages = [...books].flatMap(([sender, one]) => checkBook(sender, one))
      return [...messages, ...[...streams.values()].flatMap((one) => one.check())]
    },
  }
}

function checkBook(sender: string, { messages, applied, problems }: Book): LedgerViolation[] {
  const found = [...problems]
  const times = new Map<string | number, number>()
  let highest = -1
  for (const { id, payload } of applied) {
    const message = messages.get(id)
    const time = (times.get(id) ?? 0) + 1
    times.set(id, time)
    if (!message) found.push(violation('never accepted', sender, id))
    else if (time > 1) found.push(violation('duplicated', sender, id))
    else if (message.order < highest) found.push(violation('reordered', sender, id))
    if (message && payload !== undefined && payload !== message.payload) found.push(violation('altered', sender, id))
    highest = Math.max(highest, message?.order ?? -1)
  }
  for (const [id, { outcomes }] of messages) {
    found.push(...checkOutcome(outcomes, times.has(id)).map((kind) => violation(kind, sender, id)))
  }
  return found
}

function checkOutcome(outcomes: readonly Outcome[], applied: boolean): MessageViolation[] {
  const [outcome] = outcomes
  const found: MessageViolation[] = []
  if (outcome === undefined) found.push('never settled')
  if (outcomes.length > 1) found.push('settled twice')
  if (outcome === 'rejected' && applied) found.push('applied though rejected')
  if ((outcome === 'ok' || outcome === undefined) && !applied) found.push('lost')
  return found
}

function violation(kind: MessageViolation, sender: string, id: string | number): LedgerViolation {
  return { kind, text: `${sender}: message ${id} was ${kind}` }
}

// Written down at once: what a listener does to its data later is not what arrived.
function written(payload: unknown): string | undefined {
  return JSON.stringify(payload) as string | undefined
}

function at<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
