import { createClient, type AnyClient, type ClientOptions, type StatewireError } from '@statewire/core'
import { createFakes, settle, watchClient, type Fakes, type FakeServerOptions } from '@statewire/testing'
import { expect, onTestFinished } from 'vitest'
import { bareCore, type Action, type App, type Host } from './hosts.ts'

export interface Setup extends Fakes {
  readonly client: AnyClient
  readonly problems: StatewireError[]
  /** Codes of all problems so far. */
  readonly codes: () => string[]
  /** Delivers messages and paints. */
  readonly send: (...messages: readonly (readonly [type: string, data?: unknown])[]) => Promise<void>
  /** Lets a macrotask of the fake clock pass. */
  readonly macrotask: () => Promise<void>
}

export interface SetupOptions {
  readonly server?: FakeServerOptions
  readonly client?: Partial<ClientOptions>
}

/** A client over a fake server; at the end of the test it is disposed and must have kept its promises. */
export function setup({ server = {}, client: options = {} }: SetupOptions = {}): Setup {
  const fakes = createFakes(server)
  const client: AnyClient = createClient({ url: 'ws://fake', transport: fakes.transport, env: fakes.env, ...options })
  const watch = watchClient(client, options.codec || options.protocol ? {} : fakes)
  const problems: StatewireError[] = []
  client.on('problem', (problem) => problems.push(problem))
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  return {
    ...fakes,
    client,
    problems,
    codes: () => problems.map(({ code }) => code),
    async send(...messages) {
      for (const [type, data] of messages) fakes.server.send(type, data)
      fakes.frames.paint()
      await settle()
    },
    async macrotask() {
      fakes.clock.advance(0)
      await settle()
    },
  }
}

export interface RunningApp extends App {
  /** Types of the actions since the start, those of redux itself left out. */
  readonly actions: string[]
  /** State of one model. */
  readonly state: (namespace: string) => Readonly<Record<string, unknown>>
}

export interface AppOptions {
  readonly host?: Host
  readonly plugins?: readonly object[]
  readonly models?: readonly object[]
  readonly hooks?: object
}

/** A started app. */
export function startApp({ host = bareCore, plugins = [], models = [], hooks = {} }: AppOptions): RunningApp {
  const app = host.create({ ...hooks })
  const actions: string[] = []
  app.use({
    onAction: () => (next: (action: Action) => unknown) => (action: Action) => (
      actions.push(action.type),
      next(action)
    ),
  })
  for (const plugin of plugins) app.use(plugin)
  for (const model of models) app.model(model)
  app.start()
  actions.length = 0
  return Object.assign(app, {
    actions,
    state: (namespace: string) => app._store.getState()[namespace] as Record<string, unknown>,
  })
}
