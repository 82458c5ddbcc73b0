import { createFakes, settle, watchClient, type Fakes, type FakeServerOptions } from '@statewire/testing'
import { onTestFinished, expect } from 'vitest'
import {
  createClient,
  type AnyClient,
  type ClientOptions,
  type ConnectionState,
  type StatewireError,
} from '../src/index.ts'

export interface Setup extends Fakes {
  readonly client: AnyClient
  readonly states: ConnectionState[]
  readonly problems: StatewireError[]
  /** Types and data of everything `message` told. */
  readonly messages: { type: string; data: unknown }[]
  /** Lets time pass and everything that is ready happen, in steps small enough for answers to come in between. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>
}

export interface SetupOptions {
  readonly server?: FakeServerOptions
  readonly client?: Partial<ClientOptions>
}

/** A client over a fake world; at the end of the test it is disposed, and must have kept its promises. */
export function setup({ server = {}, client: options = {} }: SetupOptions = {}): Setup {
  const fakes = createFakes(server)
  const client: AnyClient = createClient({
    url: 'ws://fake',
    transport: fakes.transport,
    env: fakes.env,
    flush: 'sync',
    ...options,
  })
  // A codec or a protocol may change messages on their way.
  const network = options.codec || options.protocol ? undefined : fakes.network
  const watch = watchClient(client, { network, listen: true })
  const states: ConnectionState[] = []
  const problems: StatewireError[] = []
  const messages: { type: string; data: unknown }[] = []
  client.on('state', (state) => states.push(state))
  client.on('problem', (problem) => problems.push(problem))
  client.on('message', (message) => messages.push(message))
  const pass = async (ms: number, stepMs = Math.max(1, ms / 200)): Promise<void> => {
    await settle()
    for (let left = ms; left > 0; left -= stepMs) {
      fakes.clock.advance(Math.min(stepMs, left))
      await settle()
    }
  }
  onTestFinished(async () => expect(await watch.end(), 'promises not kept').toEqual([]))
  return { ...fakes, client, states, problems, messages, pass }
}

export async function connected(options: SetupOptions = {}): Promise<Setup> {
  const world = setup(options)
  await world.client.connect()
  return world
}

/** Options of a client that authenticates with the given token. */
export const withToken = (token: string | (() => string | Promise<string>)): Partial<ClientOptions> => ({
  auth: { token: typeof token === 'string' ? () => token : token },
})

export const statuses = ({ states }: Setup): string[] => states.map(({ status }) => status)
