import {
  createClient,
  type AnyProtocolTypes,
  type Client,
  type ClientOptions,
  type Protocol,
  type TypesOf,
} from '@statewire/core'
import { markRaw } from 'vue'
import { whileInScope } from './use-client.ts'

export interface UseOwnClientOptions {
  /** Connects at once; with `false`, `client.connect()` does. @default true */
  connect?: boolean
}

/**
 * Creates a client that belongs to the component, or the effect scope, and is disposed with it. It needs no plugin; the other
 * composables take it as their client. It does not connect on a server.
 *
 * @param options As for `createClient`.
 * @throws {StatewireError} `UNSUPPORTED` outside a component or an effect scope; `INVALID_OPTION` as `createClient`.
 *
 * @example
 * const client = useOwnClient({ url: 'wss://example.com/events' })
 * const connection = useConnectionState(client)
 * useMessage('*', (data) => show(data), { client })
 */
export function useOwnClient<P extends Protocol = Protocol<AnyProtocolTypes>>(
  options: ClientOptions<P>,
  { connect = true }: UseOwnClientOptions = {},
): Client<TypesOf<P>> {
  // Raw, because a client has private fields, which a reactive proxy cannot reach.
  const client = markRaw(createClient(options))
  whileInScope('useOwnClient()', () => {
    if (connect) void client.connect()
    return () => client.dispose()
  })
  return client
}
