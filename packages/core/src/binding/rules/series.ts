import { assertLimit, assertName, invalidOption } from '../../lib/assert.ts'
import { own } from '../../lib/own.ts'
import type { Undeclared } from '../../protocol/define-protocol.ts'
import { SeriesView, type Series, type SeriesShape } from '../../series/series.ts'
import type { RuleTraits } from '../wire.ts'
import { builtIn, change } from './built-in.ts'
import { isObject, markRaw, toRaw } from './raw.ts'

/** Where a field's number comes from: a property of the point (or an index, where points are arrays), or a function. */
export type SeriesField<Point> = string | number | ((point: Point) => number)

export interface SeriesOptions<Point, Field extends string> {
  /** Most points kept; the oldest give way. A whole number of at least 1. */
  limit: number
  /** The columns: their names, and where their numbers come from. What is no number becomes one as `Number()` does it; null and what is missing become NaN. */
  fields: { readonly [F in Field]: SeriesField<Point> }
}

/** Made by `series`. */
export type SeriesRule<Key extends string, Field extends string, Data> = RuleTraits &
  ((
    state: { readonly [P in Key]: unknown },
    messages: readonly Data[],
  ) => {
    [P in Key]: Series<Field>
  })

/**
 * Keeps the last `limit` points as columns of numbers under a state key: for charts with thousands of points and more, which read
 * `columns` as they are. Each flush makes one new `Series`; an older one keeps showing what it showed.
 *
 * @throws {StatewireError} `INVALID_OPTION` when the limit is not a whole number of at least 1, or a field is of the wrong kind.
 * @example
 * wire: { monitorCPU: series('cpu', { limit: 1_000_000, fields: { time: 0, value: 1 } }) }
 */
export function series<const Key extends string, const Field extends string, Data = Undeclared>(
  key: Key,
  options: SeriesOptions<Data, Field> & { each?: false },
): SeriesRule<Key, Field, Data>
/** With `each`, data is an array and every element of it becomes a point. */
export function series<const Key extends string, const Field extends string, Data = Undeclared>(
  key: Key,
  options: SeriesOptions<Data, Field> & { each: true },
): SeriesRule<Key, Field, readonly Data[]>
export function series(
  key: string,
  options: SeriesOptions<unknown, string> & { each?: boolean },
): SeriesRule<string, string, unknown> {
  const { limit, fields: given, each = false } = options
  assertName('series.key', key)
  assertLimit('series.limit', limit)
  if (limit === Infinity) throw invalidOption('series.limit', 'a whole number of at least 1', limit)
  if (typeof each !== 'boolean') throw invalidOption('series.each', 'true or false', each)
  if (!isObject(given) || Object.keys(given).length === 0) {
    throw invalidOption('series.fields', 'an object of column names, with at least one', given)
  }
  const fields: readonly string[] = Object.freeze(Object.keys(given))
  const readers = fields.map((field) => readerOf(`series.fields.${field}`, given[field]))
  const shape: SeriesShape = { fields, readers, limit }

  return builtIn(
    (state, messages) => {
      const points = each ? messages.flatMap(assertArray) : messages
      if (points.length === 0) return {}
      const view = SeriesView.extend(toRaw(own(state, key)), points, shape)
      return change(key, Object.freeze(markRaw(view)))
    },
    { keys: [key] },
  )
}

function readerOf(option: string, field: unknown): (point: unknown) => number {
  if (typeof field === 'function') return (point) => numberOf((field as (point: unknown) => unknown)(point))
  if (typeof field !== 'number' && (typeof field !== 'string' || field === '')) {
    throw invalidOption(option, 'a property, an index, or a function', field)
  }
  return (point) => {
    if (!isObject(point))
      throw new TypeError(`A point of a series is an object or an array, received ${kindOf(point)}.`)
    return numberOf(point[field])
  }
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  // Number(null) and Number('') are 0, which a chart would draw.
  return value === null || value === undefined || value === '' ? NaN : Number(value)
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}

function assertArray(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data
  throw new TypeError(`series with each: true takes arrays, received ${kindOf(data)}.`)
}
