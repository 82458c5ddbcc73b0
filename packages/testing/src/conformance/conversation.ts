import { ofType, type Bench } from './bench.ts'
import { Failure, must, Skip } from './check.ts'
import type { Received, WireLink } from './link.ts'
import { isCount, position, swOf, type Position } from './wire.ts'

/** Makes a message with a number. */
export function numbered(n: number, data: unknown, sw: object = {}): object {
  return { type: 'conformance', data, sw: { n, ...sw } }
}

/** Waits until the server has settled a number. */
export async function acked(link: WireLink, n: number): Promise<void> {
  await link.next(`sw.ack of ${n}`, (one) => ofType('sw.ack')(one) && Number(swOf(one)['rx']) >= n)
}

/** Publishes and waits until it is settled. @throws {Skip} when the server does not let us. */
export async function publish(bench: Bench, link: WireLink, n: number, data: unknown): Promise<void> {
  link.send(numbered(n, data, { c: bench.topic }))
  await published(bench, link, n)
}

/** Waits until a publication is settled. @throws {Skip} when the server does not let us publish. */
export async function published(bench: Bench, link: WireLink, n: number): Promise<void> {
  const isAck = (one: Received): boolean => ofType('sw.ack')(one) && Number(swOf(one)['rx']) >= n
  const isNack = (one: Received): boolean => ofType('sw.nack')(one) && swOf(one)['n'] === n
  const answer = await link.next(`sw.ack of ${n}`, (one) => isAck(one) || isNack(one))
  if (isAck(answer)) return
  const { code, retryMs } = swOf(answer)
  if (retryMs === undefined && code !== 'gap')
    throw new Skip(`may not publish to "${bench.topic}": give a topic to which it may by --topic`)
  throw new Failure(`message ${n} was refused: ${answer.text}`)
}

/** What a subscription was answered with. */
export interface Subscribed {
  readonly st: unknown
  readonly cursor: Position | undefined
}

/** Subscribes to the topic. @throws {Skip} when the server does not let us. */
export async function subscribe(bench: Bench, link: WireLink, cursor?: Position): Promise<Subscribed> {
  const c = bench.topic
  const answer = await askFor(link, { id: 1, c, ...(cursor && { cursor }) })
  if (answer['st'] === 'denied') throw new Skip(`may not subscribe to "${c}": give a topic to which it may by --topic`)
  must(answer['c'] === c, `sw.subd names topic ${String(answer['c'])}`)
  return { st: answer['st'], cursor: position(answer['cursor']) }
}

/** Sends one wish and returns its answer. */
export async function askFor(
  link: WireLink,
  sub: { readonly id: number; readonly c: string; readonly cursor?: Position },
): Promise<Readonly<Record<string, unknown>>> {
  link.send({ type: 'sw.sub', sw: { subs: [sub] } })
  return swOf(await link.next('sw.subd', (one) => ofType('sw.subd')(one) && swOf(one)['id'] === sub.id))
}

/** Returns offsets of our publications, in the order of arrival. */
export async function receive(bench: Bench, link: WireLink, payloads: readonly object[]): Promise<number[]> {
  const ours = new Set(payloads.map((payload) => JSON.stringify(payload)))
  const offsets: number[] = []
  for (const expected of payloads) {
    const one = await link.next('publication', ({ message }) => ours.has(JSON.stringify(message?.['data'])))
    const { c, o } = swOf(one)
    must(JSON.stringify(one.message?.['data']) === JSON.stringify(expected), `lost, repeated or reordered: ${one.text}`)
    must(c === bench.topic && isCount(o), `a publication has no place in its topic: ${one.text}`)
    offsets.push(o)
  }
  return offsets
}

/** @throws {Failure} when offsets do not follow each other, after `start` where it is given. */
export function mustFollow(offsets: readonly number[], start?: number): void {
  const [first = 0] = offsets
  const from = start === undefined ? first : start + 1
  const whole = offsets.every((offset, index) => offset === from + index)
  must(whole, `offsets ${offsets.join(', ')} do not go on from ${from}`)
}
