import { latest } from '@statewire/core'
import type { ShallowRef } from 'vue'
import { wiredRef } from './ref-sink.ts'
import type { ClientOption, DataOf, MessageType } from './types.ts'
import { clientOf } from './use-client.ts'

export interface UseLatestOptions<Name extends string> extends ClientOption<Name> {
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
export function useLatest<const Type extends MessageType<Name>, const Name extends string = 'default'>(
  type: Type,
  { client, replay = false }: UseLatestOptions<Name> = {},
): Readonly<ShallowRef<Latest<DataOf<Name, Type>>>> {
  const what = `useLatest("${type}")`
  return wiredRef<Latest<DataOf<Name, Type>>>({
    what,
    client: clientOf(client, what),
    type,
    rule: latest('value', { replay }),
    initial: () => undefined,
  })
}
