import { append } from '@statewire/core'
import type { ShallowRef } from 'vue'
import { wiredRef } from './ref-sink.ts'
import type { ClientOption, ClientSource, DataOf, ElementOf, MessageType } from './types.ts'
import { clientOf } from './use-client.ts'

export interface UseSeriesOptions<Source extends ClientSource, Data, Point> extends ClientOption<Source> {
  /** Most points kept; the oldest give way. A whole number of at least 1. */
  limit: number
  /** Makes the point from a message's data (with `each`: from one element). @default the data itself */
  map?: (data: Data) => Point
}

/**
 * The last points that a message type brought, oldest first; empty after a sign-out. The array is replaced once per frame at most, and
 * its points are not reactive.
 *
 * @throws {StatewireError} As `useClient`; `INVALID_OPTION` when `limit` or `map` is of the wrong kind.
 *
 * @example
 * const points = useSeries('monitorCPU', { limit: 300 })
 */
export function useSeries<
  const Source extends ClientSource = 'default',
  const Type extends MessageType<Source> = MessageType<Source>,
  Point = DataOf<Source, Type>,
>(
  type: Type,
  options: UseSeriesOptions<Source, DataOf<Source, Type>, Point> & { each?: false },
): Readonly<ShallowRef<readonly Point[]>>
/** With `each`, data is an array and every element of it becomes a point. */
export function useSeries<
  const Source extends ClientSource = 'default',
  const Type extends MessageType<Source> = MessageType<Source>,
  Point = ElementOf<DataOf<Source, Type>>,
>(
  type: Type,
  options: UseSeriesOptions<Source, ElementOf<DataOf<Source, Type>>, Point> & { each: EachOf<DataOf<Source, Type>> },
): Readonly<ShallowRef<readonly Point[]>>
export function useSeries(
  type: string,
  { client, each = false, ...series }: UseSeriesOptions<ClientSource, unknown, unknown> & { each?: boolean },
): Readonly<ShallowRef<readonly unknown[]>> {
  const what = `useSeries("${type}")`
  return wiredRef<readonly unknown[]>({
    what,
    client: clientOf(client, what),
    type,
    rule: each ? append('value', { ...series, each }) : append('value', series),
    initial: () => [],
  })
}

// Only data that is an array has elements.
type EachOf<Data> = Data extends readonly unknown[] ? true : never
