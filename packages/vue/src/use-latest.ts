import { latest } from '@statewire/core'
import type { ShallowRef } from 'vue'
import { wiredRef } from './ref-sink.ts'
import type { ClientOption, ClientSource, DataOf, MessageType } from './types.ts'
import { clientOf } from './use-client.ts'

export interface UseLatestOptions<Source extends ClientSource> extends ClientOption<Source> {
  /** Starts with the last message that came before the component did, from its first frame on. @default false */
  replay?: boolean
}

type Latest<Data> = Data | undefined

/**
 * The data of a type's last message; undefined until one comes, and after a sign-out. Changes once per frame at most.
 *
 * @throws {StatewireError} As `useClient`.
 *
 * @example
 * const ticker = useLatest('ticker')
 */
export function useLatest<const Type extends MessageType<Source>, const Source extends ClientSource = 'default'>(
  type: Type,
  { client, replay = false }: UseLatestOptions<Source> = {},
): Readonly<ShallowRef<Latest<DataOf<Source, Type>>>> {
  const what = `useLatest("${type}")`
  return wiredRef<Latest<DataOf<Source, Type>>>({
    what,
    client: clientOf(client, what),
    type,
    rule: latest('value', { replay }),
    initial: () => undefined,
  })
}
