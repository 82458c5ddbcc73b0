import { StatewireError, type AnyClient } from '@statewire/core'

/** One client, clients by the names composables use, or a list that goes by the clients' own names. */
export type ClientsOption = AnyClient | readonly AnyClient[] | Readonly<Record<string, AnyClient>>

/** The clients a plugin was given, found by name. */
export class Clients {
  readonly #byName: ReadonlyMap<string, AnyClient>

  /** @throws {StatewireError} `INVALID_OPTION` when there is no client, or two go by one name. */
  constructor(option: ClientsOption) {
    const entries = entriesOf(option)
    this.#byName = new Map(entries)
    if (entries.length === 0 || !entries.every(([, client]) => isClient(client))) {
      throw new StatewireError('INVALID_OPTION', { option: 'clients', expected: EXPECTED, received: option })
    }
    if (this.#byName.size < entries.length) {
      const received = entries.map(([name]) => name).join(', ')
      throw new StatewireError('INVALID_OPTION', {
        option: 'clients',
        expected: 'clients of different names',
        received,
      })
    }
  }

  /**
   * Finds a client. Without a name: the one called `default`, or the only one.
   *
   * @param option What to name in the error.
   * @throws {StatewireError} `INVALID_OPTION` when there is none.
   */
  get(name: string | undefined, option: string): AnyClient {
    const client = this.#byName.get(name ?? 'default') ?? (name === undefined ? this.#only() : undefined)
    if (client) return client
    const names = [...this.#byName.keys()].map((known) => JSON.stringify(known)).join(' or ')
    throw new StatewireError('INVALID_OPTION', { option, expected: names, received: name })
  }

  #only(): AnyClient | undefined {
    return this.#byName.size === 1 ? [...this.#byName.values()][0] : undefined
  }
}

const EXPECTED = 'a client of createClient(), an array of clients, or an object of clients by name'

function entriesOf(option: ClientsOption): [name: string, client: AnyClient][] {
  if (typeof option !== 'object' || option === null) return []
  if (isList(option)) return option.map((client) => [client.name, client])
  return isClient(option) ? [[option.name, option]] : Object.entries(option)
}

function isList(option: ClientsOption): option is readonly AnyClient[] {
  return Array.isArray(option)
}

function isClient(value: unknown): value is AnyClient {
  return typeof value === 'object' && value !== null && typeof (value as { bind?: unknown }).bind === 'function'
}
