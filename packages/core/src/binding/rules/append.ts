import { assertFunction, assertName, invalidOption } from '../../lib/assert.ts'
import { own } from '../../lib/own.ts'
import type { Undeclared } from '../../protocol/define-protocol.ts'
import { markRaw, toRaw } from './raw.ts'
import type { RuleTraits } from '../wire.ts'
import { builtIn, change, put, type Scratch } from './built-in.ts'

export interface AppendOptions<Data, Point, Count extends string> {
  /** Most points kept; the oldest give way. A whole number of at least 1. */
  limit: number
  /** Makes the point from a message's data (with `each`: from one element). @default the data itself */
  map?: (data: Data) => Point
  /** State key of a number that counts all points ever appended, those given up included. @default none */
  count?: Count
}

/** Made by `append`. */
export type AppendRule<Key extends string, Count extends string, Data, Point> = RuleTraits &
  ((
    state: { readonly [P in Key]: unknown } & { readonly [P in Count]: number },
    messages: readonly Data[],
  ) => { [P in Key]: readonly Point[] } & { [P in Count]: number })

// NoInfer where a rule is returned: its count and its points must not be guessed from the state it is wired to.

/**
 * Keeps the last `limit` points of a series under a state key. The array is replaced, never changed; it is raw.
 *
 * @throws {StatewireError} `INVALID_OPTION` when the limit is not a whole number of at least 1, or another option is of the wrong kind.
 * @example
 * wire: { monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }) }) }
 */
export function append<const Key extends string, Data, Point = Data, const Count extends string = never>(
  key: Key,
  options: AppendOptions<Data, Point, Count> & { each?: false },
): AppendRule<Key, NoInfer<Count>, Data, NoInfer<Point>>
/** With `each`, data is an array and every element of it becomes a point. */
export function append<const Key extends string, Data = Undeclared, Point = Data, const Count extends string = never>(
  key: Key,
  options: AppendOptions<Data, Point, Count> & { each: true },
): AppendRule<Key, NoInfer<Count>, readonly Data[], NoInfer<Point>>
export function append(
  key: string,
  options: AppendOptions<unknown, unknown, string> & { each?: boolean },
): AppendRule<string, string, unknown, unknown> {
  const { limit, map, each = false, count } = options
  assertName('append.key', key)
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw invalidOption('append.limit', 'a whole number of at least 1', limit)
  }
  if (map !== undefined) assertFunction('append.map', map)
  if (typeof each !== 'boolean') throw invalidOption('append.each', 'true or false', each)
  if (count !== undefined) assertName('append.count', count)
  if (count === key) throw invalidOption('append.count', 'another key than the series', count)

  return builtIn(
    (state, messages, scratch) => {
      const points = pointsOf(messages, each, map)
      if (points.length === 0) return {}
      const changes = change(key, extended(toRaw(own(state, key)), { points, limit, scratch }))
      if (count === undefined) return changes
      const before = own(state, count)
      return put(changes, count, (typeof before === 'number' ? before : 0) + points.length)
    },
    { keys: count === undefined ? [key] : [key, count] },
  )
}

function pointsOf(
  messages: readonly unknown[],
  each: boolean,
  map: ((data: unknown) => unknown) | undefined,
): readonly unknown[] {
  const elements = each ? messages.flatMap(assertArray) : messages
  // Not `elements.map(map)`: that would hand the index over as a second argument.
  return map === undefined ? elements : elements.map((data) => map(data))
}

function assertArray(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data
  throw new TypeError(`append with each: true takes arrays, received ${data === null ? 'null' : typeof data}.`)
}

interface Extension {
  readonly points: readonly unknown[]
  readonly limit: number
  readonly scratch: Scratch | undefined
}

function extended(current: unknown, { points, limit, scratch }: Extension): readonly unknown[] {
  const before: unknown[] = Array.isArray(current) ? current : []
  const surplus = before.length + points.length - limit
  if (scratch?.has(before)) {
    for (const point of points) before.push(point)
    if (surplus > 0) before.splice(0, surplus)
    return before
  }
  // `slice` copies in one go, and only what stays.
  const kept = surplus > 0 ? before.slice(surplus) : before.slice()
  for (let i = Math.max(0, points.length - limit); i < points.length; i++) kept.push(points[i])
  scratch?.add(kept)
  return markRaw(kept)
}
