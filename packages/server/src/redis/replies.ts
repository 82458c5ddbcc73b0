import type { Publication, Refused } from '../backplane/backplane.ts'

/** A message of a topic, as it travels between nodes. */
export interface Live {
  readonly epoch: string
  readonly publication: Publication
}

/** Reads `<offset>:<epoch>:<payload>`; undefined when it is nothing of the kind. */
export function parseLive(text: string): Live | undefined {
  const [, offset, epoch, payload] = /^(\d{1,16}):([^:]+):(.*)$/s.exec(text) ?? []
  if (offset === undefined || epoch === undefined || payload === undefined) return undefined
  return { epoch, publication: { offset: Number(offset), payload } }
}

/** Reads `<generation>:<session id>`; undefined when it is nothing of the kind. */
export function parseTakeover(text: string): { readonly sid: string; readonly generation: number } | undefined {
  const [, generation, sid] = /^(\d{1,16}):(.+)$/s.exec(text) ?? []
  if (generation === undefined || sid === undefined) return undefined
  return { sid, generation: Number(generation) }
}

/** Reads what a script said of a number; undefined: it was taken. */
export function parseRefused([outcome, want]: readonly unknown[]): Refused | undefined {
  switch (outcome) {
    case 'ok':
      return undefined
    case 'duplicate':
    case 'fenced':
      return { outcome }
    case 'gap':
      return { outcome, want: Number(want) }
    default:
      throw new Error(`Redis gave an answer that is not understood: ${String(outcome)}.`)
  }
}

/** One entry of a stream, as XRANGE gives it: id, then names and values. */
export type StreamEntry = readonly [id: string, fields: readonly string[]]

export function toPublication([id, [, payload = '']]: StreamEntry): Publication {
  return { offset: Number.parseInt(id, 10), payload }
}

/** Whether nothing is missing between a cursor and the log's end. */
export function followsOn(publications: readonly Publication[], since: number, last: number): boolean {
  return publications.length === last - since && publications.every(({ offset }, index) => offset === since + 1 + index)
}
