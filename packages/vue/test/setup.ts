import { createClient, type AnyClient, type ClientOptions, type StatewireError } from '@statewire/core'
import { createFakes, settle, watchClient, type Fakes } from '@statewire/testing'
import { expect, onTestFinished } from 'vitest'
import { createApp, nextTick, type App } from 'vue'
import { statewire } from '../src/index.ts'

export interface Setup extends Fakes {
  readonly client: AnyClient
  readonly problems: StatewireError[]
  /** Delivers messages over one link. */
  readonly send: (...messages: readonly (readonly [type: string, data?: unknown])[]) => void
  /** Paints, and lets components update. */
  readonly paint: () => Promise<void>
}

/** A connected client over its own fake server; at the end of the test it is disposed and must have kept its promises. */
export async function setup(overrides: Partial<ClientOptions> = {}): Promise<Setup> {
  const fakes = createFakes()
  const client: AnyClient = createClient({ url: 'ws://fake', env: fakes.env, transport: fakes.transport, ...overrides })
  const watch = watchClient(client, overrides.codec || overrides.protocol ? {} : fakes)
  const problems: StatewireError[] = []
  client.on('problem', (problem) => problems.push(problem))
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  await client.connect()
  await settle()
  return {
    ...fakes,
    client,
    problems,
    send: (...messages) => {
      for (const [type, data] of messages) fakes.server.send(type, data)
    },
    paint: async () => {
      fakes.frames.paint()
      await nextTick()
    },
  }
}

export interface Mounted<Result> {
  readonly app: App
  readonly result: Result
  readonly html: () => string
}

/** Mounts a component whose setup is `use`, and renders what `render` makes of its result. */
export function mount<Result>(
  clients: Parameters<typeof statewire>[0] | undefined,
  use: () => Result,
  render: (result: Result) => unknown = () => '',
): Mounted<Result> {
  const found: Result[] = []
  const failures: unknown[] = []
  const app = createApp({
    setup() {
      try {
        const result = use()
        found.push(result)
        return () => String(render(result))
      } catch (error) {
        failures.push(error)
        return () => ''
      }
    },
  })
  if (clients) app.use(statewire(clients))
  const root = document.createElement('div')
  app.mount(root)
  if (failures.length > 0) throw failures[0]
  return { app, result: found[0] as Result, html: () => root.textContent ?? '' }
}
