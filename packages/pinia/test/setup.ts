import { createClient, type AnyClient, type ClientOptions, type StatewireError } from '@statewire/core'
import { createFakes, settle, watchClient, type Fakes } from '@statewire/testing'
import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { expect, onTestFinished } from 'vitest'
import { createRenderer, type App } from 'vue'
import { piniaStatewire, type PiniaStatewireOptions } from '../src/index.ts'

export interface Setup extends Fakes {
  readonly client: AnyClient
  readonly pinia: Pinia
  readonly app: App<object>
  readonly problems: StatewireError[]
  /** Delivers messages and paints. */
  readonly send: (...messages: readonly (readonly [type: string, data?: unknown])[]) => Promise<void>
}

export interface SetupOptions extends PiniaStatewireOptions {
  readonly client?: Partial<ClientOptions>
  /** More clients, by name. */
  readonly others?: Readonly<Record<string, AnyClient>>
}

/** An application without components: a connected client over a fake server, and a Pinia with the plugin. */
export async function setup({ client: overrides = {}, others, ...options }: SetupOptions = {}): Promise<Setup> {
  const { client, problems, ...fakes } = await connectedClient(overrides)
  const pinia = createPinia().use(piniaStatewire(others ? { default: client, ...others } : client, options))
  const app = createHeadlessApp().use(pinia)
  setActivePinia(pinia)
  const send: Setup['send'] = async (...messages) => {
    for (const [type, data] of messages) fakes.server.send(type, data)
    fakes.frames.paint()
    await settle()
  }
  return { ...fakes, client, pinia, app, problems, send }
}

export interface ConnectedClient extends Fakes {
  readonly client: AnyClient
  readonly problems: StatewireError[]
}

/** A client over its own fake server; at the end of the test it is disposed and must have kept its promises. */
export async function connectedClient(overrides: Partial<ClientOptions> = {}): Promise<ConnectedClient> {
  const fakes = createFakes()
  const client: AnyClient = createClient({ url: 'ws://fake', env: fakes.env, transport: fakes.transport, ...overrides })
  const watch = watchClient(client, overrides.codec || overrides.protocol ? {} : fakes)
  const problems: StatewireError[] = []
  client.on('problem', (problem) => problems.push(problem))
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  await client.connect()
  await settle()
  return { ...fakes, client, problems }
}

/** An app that can be mounted and unmounted without a DOM. */
export function createHeadlessApp(): App<object> {
  const node = (): object => ({})
  const nothing = (): void => {}
  return createRenderer<object, object>({
    createElement: node,
    createText: node,
    createComment: node,
    insert: nothing,
    remove: nothing,
    patchProp: nothing,
    setText: nothing,
    setElementText: nothing,
    parentNode: () => null,
    nextSibling: () => null,
  }).createApp({ render: () => null })
}

/** Counts bindings that were made and not stopped. */
export function countLive(client: { bind: unknown }): () => number {
  let live = 0
  const bind = client.bind as (...args: unknown[]) => { stop(): void }
  client.bind = (...args: unknown[]) => {
    const binding = bind.apply(client, args)
    live++
    let stopped = false
    return {
      ...binding,
      stop() {
        if (!stopped) live--
        stopped = true
        binding.stop()
      },
    }
  }
  return () => live
}
