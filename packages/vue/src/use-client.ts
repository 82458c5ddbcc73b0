import { StatewireError, type AnyClient, type Client, type ClientName, type RegisteredTypes } from '@statewire/core'
import { getCurrentScope, hasInjectionContext, inject, onScopeDispose, ssrContextKey } from 'vue'
import { CLIENTS } from './plugin.ts'
import type { ClientSource } from './types.ts'

/**
 * The client of the app. Call it in `setup()`.
 *
 * @param name Default: the client called `default`, or the only one.
 * @throws {StatewireError} `UNSUPPORTED` outside `setup()` or without the plugin; `INVALID_OPTION` when there is no client of that name.
 *
 * @example
 * const client = useClient()
 * void client.send('say', { text: 'hello' })
 */
export function useClient<const Name extends ClientName = 'default'>(name?: Name): Client<RegisteredTypes<Name>> {
  return clientOf(name, 'useClient()')
}

/** Finds the client for a composable; `what` is named in errors. */
export function clientOf(source: ClientSource | undefined, what: string): AnyClient {
  if (typeof source === 'object') return source
  if (!hasInjectionContext()) {
    throw new StatewireError('UNSUPPORTED', {
      what: `${what} outside setup()`,
      instead: 'Call it in setup(); elsewhere, import the client itself.',
    })
  }
  const clients = inject(CLIENTS, undefined)
  if (clients) return clients.get(source, `client of ${what}`)
  throw new StatewireError('UNSUPPORTED', {
    what: `${what} without the plugin`,
    instead: 'Call app.use(statewire(client)) first.',
  })
}

/**
 * Starts what has to end with the component, or the effect scope. On a server it does not start: nothing connects there, and no
 * component is ever unmounted.
 */
export function whileInScope(what: string, start: () => () => void): void {
  if (!getCurrentScope()) {
    throw new StatewireError('UNSUPPORTED', {
      what: `${what} outside a component or an effect scope`,
      instead: 'It could never end. Call it in setup() or in effectScope().run().',
    })
  }
  if (!isServerRendering()) onScopeDispose(start())
}

function isServerRendering(): boolean {
  // What renderToString provides; asked for with a default, so that its absence in a browser is no warning.
  return hasInjectionContext() && inject<unknown>(ssrContextKey, undefined) !== undefined
}
