import type { AnyClient, Client, RegisteredTypes } from '@statewire/core'
import type { App, InjectionKey, Plugin } from 'vue'
import { Clients, type ClientsOption } from './clients.ts'

export const CLIENTS: InjectionKey<Clients> = Symbol('statewire.clients')

/**
 * Gives the components of an app their clients: `useClient()` and the other composables, and `$socket` in templates.
 * It neither connects nor ends them: they are yours.
 *
 * @param clients One client, an array, or an object of clients by name.
 * @throws {StatewireError} `INVALID_OPTION` when `clients` is none of these.
 *
 * @example
 * createApp(App).use(statewire(client)).mount('#app')
 */
export function statewire(clients: ClientsOption): Plugin {
  const known = new Clients(clients)
  return {
    install(app: App): void {
      app.provide(CLIENTS, known)
      Object.defineProperty(app.config.globalProperties, '$socket', {
        configurable: true,
        enumerable: true,
        get: (): AnyClient => known.get(undefined, '$socket'),
      })
    },
  }
}

declare module 'vue' {
  interface ComponentCustomProperties {
    /** The client called `default`, or the only one. */
    readonly $socket: Client<RegisteredTypes>
  }
}
