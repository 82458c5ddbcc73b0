import {
  StatewireError,
  topicParts,
  type AnyClient,
  type AnySnapshot,
  type AnyWire,
  type RegisteredTypes,
  type Sink,
  type TopicPart,
} from '@statewire/core'
import { CHANGED, createConnectionModule, flatten } from './connection-module.ts'
import { isObject, toRaw } from './paths.ts'
import { registerModule } from './register-module.ts'
import type { VuexStore } from './store.ts'
import { StoreSink } from './store-sink.ts'
import type { RegisteredState, VuexStatewireOptions, VuexStatewirePlugin } from './types.ts'
import { weakly } from './weakly.ts'

/**
 * Lets live messages land in a Vuex store, and shows the connection as a module of it. One plugin serves one client; for several,
 * make several plugins with a `namespace` each.
 *
 * @throws {StatewireError} `INVALID_OPTION` for a wrong option, and, when a store is made with it, for a namespace that the store
 * has a module or state of already, or a wire entry that is neither a rule nor a call.
 *
 * @example
 * new Vuex.Store({ modules, plugins: [vuexStatewire(client, { wire: { '*': commit('SET_MESSAGE') } })] })
 */
export function vuexStatewire(
  client: AnyClient,
  options?: VuexStatewireOptions<RegisteredState, RegisteredTypes['receive']>,
): VuexStatewirePlugin
/**
 * With the types of one plugin given where it is made.
 *
 * @typeParam Root The root state, for the paths in `wire`. Otherwise: `Register { vuexState: Root }`, else unchecked.
 * @typeParam Name The client's name in `Register { protocols }`, for the data in `wire`. Otherwise: `default`.
 */
export function vuexStatewire<Root, Name extends string = 'default'>(
  client: AnyClient,
  options?: VuexStatewireOptions<Root, RegisteredTypes<Name>['receive']>,
): VuexStatewirePlugin
export function vuexStatewire(client: AnyClient, options: object = {}): VuexStatewirePlugin {
  const settings = resolve(client, options)
  const ends = new Set<() => void>()
  const plugin = (store: VuexStore): void => install(store, settings, ends)
  return Object.assign(plugin, { stop: () => ends.forEach((end) => end()) })
}

interface Settings {
  readonly client: AnyClient
  readonly namespace: string
  readonly wire: AnyWire
  readonly topics: readonly TopicPart[]
  readonly initial: (() => Readonly<Record<string, unknown>>) | undefined
  readonly resetOnSignOut: boolean
}

/** Ties a store to the client, and adds what unties it to `ends`. */
function install(target: VuexStore, settings: Settings, ends: Set<() => void>): void {
  const { client, namespace, wire, topics } = settings
  assertFree(target, namespace)
  const cleanups: (() => void)[] = []
  const end = (): void => {
    for (const cleanup of cleanups.splice(0)) cleanup()
    ends.delete(end)
  }
  const held = weakly(target, end)
  // Whoever takes the module out of the store ends the plugin.
  const store = (): VuexStore | undefined => {
    const found = held()
    if (found?.hasModule([namespace])) return found
    end()
    return undefined
  }
  const show = (): void => {
    const [found, next] = [store(), flatten(client)]
    if (found && !isSame(found.state[namespace], next)) found.commit(`${namespace}/${CHANGED}`, next)
  }
  const sink = new StoreSink({ ...settings, store })
  const register = (to: VuexStore): void => {
    registerModule(
      to,
      namespace,
      createConnectionModule(client, namespace, (patch) => sink.write(to, patch)),
    )
    show()
  }

  // First, as it refuses a wrong wire: nothing is to be taken back then. It commits nothing before it returns.
  const binding = client.bind(sink, wire)
  cleanups.push(() => binding.stop())
  try {
    for (const { channel, wire: part, snapshot } of topics) {
      const bound = client.bind(channelSink(sink), part, { channel, snapshot })
      cleanups.push(() => bound.stop())
    }
  } catch (error) {
    end()
    throw error
  }
  ends.add(end)
  sink.remember(target)
  register(target)
  cleanups.push(client.on('state', show), client.on('quality', show))
  watchReplacement(target, namespace, () => {
    if (cleanups.length === 0) return
    const found = store()
    if (found && found.state[namespace] === undefined) {
      found.unregisterModule([namespace])
      register(found)
    } else show()
  })
}

/** Reset by what the plain wire is bound to: once for all. */
function channelSink(sink: StoreSink): Sink {
  return {
    name: sink.name,
    commit: (batch) => sink.commit(batch),
    call: (call, data) => sink.call(call, data),
    reset: () => {},
  }
}

/** An earlier state of the module, from persistence or a server, may be there. */
function assertFree(store: VuexStore, namespace: string): void {
  const state: unknown = toRaw(store.state)
  const found = isObject(state) && namespace in state ? state[namespace] : undefined
  const isOurs = isObject(found) && typeof found['status'] === 'string'
  if (store.hasModule([namespace]) || (found !== undefined && !isOurs)) {
    throw invalid('namespace', 'a name that no module or other state of the store has', namespace)
  }
}

/** Calls back when `replaceState`, by a persistence plugin or time travel, has put another module state in, or none. */
function watchReplacement(store: VuexStore, namespace: string, onReplaced: () => void): void {
  store.watch(
    () => store.state[namespace] as unknown,
    (state, before) => {
      if (state !== before) onReplaced()
    },
  )
}

function isSame(shown: Readonly<Record<string, unknown>> | undefined, next: object): boolean {
  return shown !== undefined && Object.entries(next).every(([key, value]) => Object.is(shown[key], value))
}

interface Given extends Omit<Settings, 'topics'> {
  readonly channels: Readonly<Record<string, AnyWire>>
  readonly snapshots: Readonly<Record<string, AnySnapshot>>
}

// Types were checked at the call; from here on, paths and messages are data.
function resolve(client: AnyClient, options: object): Settings {
  const {
    namespace = 'connection',
    wire = {},
    channels = {},
    snapshots = {},
    initial,
    resetOnSignOut = true,
  } = options as Partial<Given>
  if (typeof (client as Partial<AnyClient> | undefined)?.bind !== 'function') {
    throw invalid('client', 'a client of createClient()', client)
  }
  if (typeof namespace !== 'string' || namespace === '' || namespace.includes('/')) {
    throw invalid('namespace', 'the name of one module, without a slash', namespace)
  }
  if (initial !== undefined && typeof initial !== 'function') throw invalid('initial', 'a function', initial)
  if (!isObject(channels)) throw invalid('channels', 'an object of wires by topic', channels)
  if (!isObject(snapshots)) throw invalid('snapshots', 'an object of snapshots by topic', snapshots)
  for (const [topic, source] of Object.entries(snapshots)) {
    if (isObject(source) && typeof source['follow'] === 'function') continue
    throw invalid(`snapshots.${topic}`, 'what snapshot() returns', source)
  }
  return { client, namespace, wire, topics: topicParts(channels, snapshots), initial, resetOnSignOut }
}

function invalid(option: string, expected: string, received: unknown): StatewireError {
  return new StatewireError('INVALID_OPTION', { option, expected, received })
}
