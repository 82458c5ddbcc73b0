import type {
  AnyClient,
  AnyProtocolTypes,
  append,
  createClient,
  latest,
  StatewireError,
  upsert,
  Wire,
} from '@statewire/core'
import { createFakes, type Fakes } from '../fakes/create-fakes.ts'
import { settle } from '../fakes/settle.ts'

/** What the suite takes from the core: `import * as core from '@statewire/core'`. */
export interface SinkContractCore {
  readonly createClient: typeof createClient
  readonly append: typeof append
  readonly latest: typeof latest
  readonly upsert: typeof upsert
}

/** The state every wired store of the suite starts with. */
export interface SinkContractState {
  last: unknown
  series: readonly unknown[]
  rows: Readonly<Record<string, unknown>>
  log: readonly unknown[]
  count: number
  untouched: { readonly kept: true }
}

/** What a store is made from: all of it goes into the store as an application would write it. */
export interface SinkSetup {
  readonly client: AnyClient
  readonly wire: Wire<SinkContractState, AnyProtocolTypes['receive']>
  readonly state: () => SinkContractState
}

/** One store, wired. */
export interface SinkHarness {
  /** The wired state as it is now. */
  state(): object
  /** How many times the wired state's subscribers were told of a change. Changes of connection state MUST NOT count. */
  changes(): number
  /** Adds a subscriber of the wired state, as an application would; it may throw. */
  subscribe(listener: () => void): void
  /** Adds one that walks through the whole state after each change, where the store's own subscribers do not. */
  subscribeDeep?(): void
  /** Ends the store the way its host does: app unmounted, module unregistered, model removed. */
  dispose(): void
}

/** Makes one wired store, in an application of its own. May be called several times with one client. */
export type SetupSink = (options: SinkSetup) => SinkHarness | Promise<SinkHarness>

export function initialState(): SinkContractState {
  return { last: null, series: [], rows: {}, log: [], count: 0, untouched: { kept: true } }
}

/** A client over a fake server, one wired store, and the verbs of the suite. */
export interface SinkBench extends SinkHarness {
  readonly fakes: Fakes
  readonly client: AnyClient
  /** Codes of all problems so far. */
  problems(): string[]
  /** Changes since the store was made and the connection opened. */
  changesSince(): number
  send(...messages: readonly (readonly [type: string, data?: unknown])[]): void
  /** Paints, and lets promises run. */
  paint(): Promise<void>
  /** Makes another store on the same client. */
  another(): Promise<SinkHarness>
}

export async function createBench(
  { createClient: create }: SinkContractCore,
  setup: SetupSink,
  wire: SinkSetup['wire'],
): Promise<SinkBench> {
  const fakes = createFakes()
  const problems: StatewireError[] = []
  const client: AnyClient = create({ url: 'ws://fake', env: fakes.env, transport: fakes.transport })
  client.on('problem', (problem) => problems.push(problem))
  const make = async (): Promise<SinkHarness> => setup({ client, wire, state: initialState })
  const harness = await make()
  await client.connect()
  await settle()
  const before = harness.changes()
  return {
    ...harness,
    fakes,
    client,
    problems: () => problems.map(({ code }) => code),
    changesSince: () => harness.changes() - before,
    send(...messages) {
      for (const [type, data] of messages) fakes.server.send(type, data)
    },
    async paint() {
      fakes.frames.paint()
      await settle()
    },
    another: make,
  }
}
