import { createClient, type AnyClient, type ClientOptions, type StatewireError } from '@statewire/core'
import { createFakes, settle, watchClient, type Fakes } from '@statewire/testing'
import { expect, onTestFinished } from 'vitest'
import * as Vue from 'vue'
import Vuex, { type Store, type StoreOptions } from 'vuex'
import { vuexStatewire, type VuexStatewireOptions } from '../src/index.ts'

// oxlint-disable-next-line typescript/no-explicit-any
type AnyState = any

/** Makes a store of whichever Vuex this project runs. */
export function createStore(options: StoreOptions<AnyState>): Store<AnyState> {
  // Vuex 3 wants to be installed in Vue 2.
  const vue2 = (Vue as { default?: { use?: (plugin: unknown) => void } }).default
  vue2?.use?.(Vuex)
  return new Vuex.Store(options)
}

/** Waits for what Vue does a tick later. */
export const nextTick = (): Promise<void> => (Vue as { nextTick: () => Promise<void> }).nextTick()

export interface World extends Fakes {
  readonly client: AnyClient
  readonly problems: StatewireError[]
  /** Delivers messages and paints. */
  readonly send: (...messages: readonly (readonly [type: string, data?: unknown])[]) => Promise<void>
}

/** A connected client over its own fake server; at the end of the test it is disposed and must have kept its promises. */
export async function connectedClient(overrides: Partial<ClientOptions> = {}): Promise<World> {
  const fakes = createFakes()
  const client: AnyClient = createClient({ url: 'ws://fake', env: fakes.env, transport: fakes.transport, ...overrides })
  const watch = watchClient(client, overrides.codec || overrides.protocol ? {} : fakes)
  const problems: StatewireError[] = []
  client.on('problem', (problem) => problems.push(problem))
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  await client.connect()
  await settle()
  const send: World['send'] = async (...messages) => {
    for (const [type, data] of messages) fakes.server.send(type, data)
    fakes.frames.paint()
    await settle()
  }
  return { ...fakes, client, problems, send }
}

export interface Setup extends World {
  readonly store: Store<AnyState>
  readonly plugin: ReturnType<typeof vuexStatewire>
  /** Types of all mutations so far. */
  readonly mutations: string[]
}

export interface SetupOptions extends Partial<VuexStatewireOptions<AnyState, Record<string, AnyState>>> {
  readonly store?: StoreOptions<AnyState>
}

/** A strict store that is fed by a connected client. */
export async function setup({ store: options = {}, ...rest }: SetupOptions = {}): Promise<Setup> {
  const world = await connectedClient()
  const plugin = vuexStatewire(world.client, rest)
  const store = createStore({ strict: true, ...options, plugins: [...(options.plugins ?? []), plugin] })
  const mutations: string[] = []
  store.subscribe(({ type }) => mutations.push(type))
  return { ...world, store, plugin, mutations }
}
