import type { AnyClient, ClientName, ConnectionState } from '@statewire/core'
import { shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { clientOf, whileInScope } from './use-client.ts'

/**
 * The connection's state, always the present one.
 *
 * @param source The client's name, or the client itself. Default: the client called `default`, or the only one.
 * @throws {StatewireError} As `useClient`.
 *
 * @example
 * const connection = useConnectionState()
 * const isLive = computed(() => connection.value.status === 'open')
 */
export function useConnectionState(source?: ClientName | AnyClient): Readonly<ShallowRef<ConnectionState>> {
  const client = clientOf(source, 'useConnectionState()')
  const state = shallowRef(client.state)
  whileInScope('useConnectionState()', () =>
    client.on('state', (now) => {
      state.value = now
    }),
  )
  return shallowReadonly(state)
}
