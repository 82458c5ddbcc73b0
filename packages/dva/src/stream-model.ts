import {
  landingWire,
  systemClock,
  topicParts,
  type AnyClient,
  type Client,
  type Clock,
  type ProtocolTypes,
  type TopicPart,
  type Undeclared,
} from '@statewire/core'
import type { SnapshotSource } from '@statewire/core/session'
import { ACTIONS, Landing } from './landing.ts'
import { invalidOption } from './invalid-option.ts'
import { hold } from './lease.ts'
import type { ModelEntry, ModelWire, NoOthers, OwnParts } from './model-wire.ts'
import { ModelSink, type Targets } from './model-sink.ts'
import type {
  Dispatch,
  Effect,
  LiveSubscription,
  Reducer,
  ReducerEnhancer,
  StreamModel,
  Subscription,
} from './types.ts'
import { hasPage } from './page.ts'
import { weakly } from './weakly.ts'

/** An application's own reducers by short name. One that returns nothing changes a draft: dva-immer's way. */
export type OwnReducers<State> = Readonly<Record<string, (state: State, action: Undeclared) => State | void>>

/** Tells reducers from `[reducers, enhancer]`, so that the enhancer's parameters have types. */
interface NoPair {
  readonly 0?: never
  readonly 1?: never
}

export interface StreamModelOptions<State extends object, Types extends ProtocolTypes, Own = OwnParts> {
  /** The model's namespace: its key in the application's state. */
  namespace: string
  /** The initial state: a plain object. Wired keys go back to it on `client.signOut()` and when another user signs in. */
  state: State
  /** Where messages land: message type → rule, `dispatchEach`, `effect`, or several of them. `'*'` takes what no other entry takes. */
  wire: ModelWire<NoInfer<State>, Types['receive'], NoInfer<Own>>
  /**
   * Where the messages of single topics land: topic → entries as in `wire`. Each is subscribed while the model is registered.
   * Needs a client with option `session`.
   *
   * @default none
   */
  channels?: Readonly<Record<string, ModelWire<NoInfer<State>, Types['receive'], NoInfer<Own>>>>
  /**
   * How the values of single topics are loaded, and where they land: topic → `snapshot` of `@statewire/core/session`. Before a topic's
   * first message, and again after each resync. A topic that is named here only is subscribed as well.
   *
   * @default none
   */
  snapshots?: Readonly<Record<string, SnapshotSource<ModelEntry<NoInfer<State>, Undeclared, NoInfer<Own>>>>>
  /**
   * Keys that function rules write, so that sign-out puts them back whatever they hold. A function rule does not say its keys:
   * without this, one that came from `initialState` or storage stays until a message has changed it.
   *
   * @default none: those that other rules declare, and those that messages have changed
   */
  wired?: readonly (keyof NoInfer<State> & string)[]
  /**
   * Holds the connection open while the model is registered: the first model connects, and when the last one has gone the client
   * disconnects one macrotask later. Leave it off where something else decides, such as a login. Does nothing where `ssr` is true.
   *
   * @default false
   */
  connect?: boolean
  /** True where a page is only rendered and nothing may connect. @default true where there is no `document`; say false in React Native */
  ssr?: boolean
  /** The application's own reducers, or `[reducers, enhancer]`. */
  reducers?:
    (OwnReducers<NoInfer<State>> & NoPair) | readonly [reducers: OwnReducers<NoInfer<State>>, enhancer: ReducerEnhancer]
  /** The application's own effects. */
  effects?: Readonly<Record<string, Effect>>
  /** The application's own subscriptions. */
  subscriptions?: Readonly<Record<string, Subscription>>
  /** Measures the macrotask of `connect`. For tests. @default the system's */
  clock?: Clock
}

/** Name of the subscription that binds the model. */
const SUBSCRIPTION = 'statewire'

/** By what ends the model, which dva keeps as long as the application: so long the client's messages find `dispatch`. */
const dispatches = new WeakMap<() => void, Dispatch>()

/**
 * Makes a dva model whose state follows the server. Messages are bound while the model is registered, and land as one action per
 * flush; the state is replaced, never changed, and stays serialisable.
 *
 * @param client Whose messages the model takes.
 * @returns a model for `app.model()`, `app.replaceModel()` and umi's `src/models` (there, start the file with `// @dva-model`).
 * @throws {StatewireError} `INVALID_OPTION` when an option is wrong, or a reducer, effect or subscription has a name that is used
 * here: `statewireMessages`, `statewireReset`, `statewire`.
 *
 * @example
 * app.model(createStreamModel(client, {
 *   namespace: 'monitor',
 *   state: { dd: [] as readonly Point[], dindex: 0 },
 *   wire: { monitorCPU: append('dd', { limit: 300, map: ([[year, value]]) => ({ year, value }), count: 'dindex' }) },
 *   connect: true,
 * }))
 */
export function createStreamModel<State extends object, Types extends ProtocolTypes, Own extends OwnParts>(
  client: Client<Types>,
  options: StreamModelOptions<State, Types, Own> &
    Own &
    NoOthers<Own, StreamModelOptions<State, Types> & { client: unknown }, Types['receive']>,
): StreamModel<State>
/** The same with the client among the options. TypeScript cannot then tell `map` of a rule what it gets: annotate its parameter. */
export function createStreamModel<State extends object, Types extends ProtocolTypes, Own extends OwnParts>(
  options: StreamModelOptions<State, Types, Own> & { client: Client<Types> } & Own &
    NoOthers<Own, StreamModelOptions<State, Types> & { client: unknown }, Types['receive']>,
): StreamModel<State>
export function createStreamModel(
  ...given: readonly [AnyClient, AnyOptions] | readonly [AnyOptions & { client: AnyClient }]
): StreamModel<object> {
  const [client, options] = given.length === 2 ? given : [given[0]?.client, given[0]]
  assertOptions(client, options)
  const {
    namespace,
    state,
    wire,
    channels = {},
    snapshots = {},
    wired = [],
    connect = false,
    clock = systemClock,
  } = options
  const { reducers = {}, effects = {}, subscriptions = {} } = options
  const isWired = Array.isArray(wired) && wired.every((key) => Object.prototype.hasOwnProperty.call(state, key))
  if (!isWired) throw invalidOption('wired', 'an array of keys of the state', wired)
  const [own, enhancer] = isPair(reducers) ? reducers : [reducers, undefined]
  const topics = topicParts(channels, snapshots)
  const landing = new Landing({ namespace, state, wire, topics, wired })
  const targets: Targets = { reducers: new Set(Object.keys(own)), effects: new Set(Object.keys(effects)) }
  assertFree('reducers', [...targets.reducers, ...targets.effects], Object.values(ACTIONS))
  assertFree('subscriptions', Object.keys(subscriptions), [SUBSCRIPTION])

  const live: LiveSubscription = ({ dispatch }) => {
    const ends: (() => void)[] = []
    const end = (): void => ends.forEach((one) => one())
    const there = weakly(dispatch, end)
    const bind = ({ wire: part, channel, snapshot }: Pick<TopicPart, 'wire'> & Partial<TopicPart>): void => {
      const all = channel === undefined ? part : landingWire({ wire: part, snapshot })
      const sink = new ModelSink({ namespace, client, wire: all, channel, landing, targets }, there)
      const binding = client.bind(sink, part, { channel, snapshot })
      ends.push(() => binding.stop())
      sink.check()
    }
    bind({ wire })
    try {
      for (const topic of topics) bind(topic)
    } catch (error) {
      end()
      throw error
    }
    const { ssr = !hasPage() } = options
    if (connect && !ssr) ends.push(hold(client, clock))
    // Another than `end`, which the wait for the application's end holds.
    const unlisten = (): void => end()
    dispatches.set(unlisten, dispatch)
    return unlisten
  }
  return {
    namespace,
    state,
    reducers: [
      // dva prefixes only what a model declares, so the two names stand here; what they do is in the enhancer.
      { ...(own as Record<string, Reducer>), [ACTIONS.messages]: keep, [ACTIONS.reset]: keep },
      (reducer) => landing.enhance(enhancer ? enhancer(reducer) : reducer),
    ],
    effects: { ...effects },
    subscriptions: { ...subscriptions, [SUBSCRIPTION]: live },
  }
}

/** Options whose types were checked where they were written. */
type AnyOptions = StreamModelOptions<Record<string, unknown>, Undeclared>
type AnyReducers = NonNullable<AnyOptions['reducers']>

const keep: Reducer = (state) => state as unknown

function isPair(reducers: AnyReducers): reducers is Extract<AnyReducers, readonly unknown[]> {
  return Array.isArray(reducers)
}

function assertOptions(client: unknown, options: unknown): void {
  if (!isObject(options)) throw invalidOption('options', 'an object', options)
  const {
    namespace,
    state,
    connect = false,
    ssr = false,
    reducers = {},
    effects = {},
    subscriptions = {},
    channels = {},
    snapshots = {},
  } = options
  if (typeof namespace !== 'string' || namespace === '') throw invalidOption('namespace', 'a string', namespace)
  const isClient = typeof (client as Partial<AnyClient> | undefined | null)?.bind === 'function'
  if (!isClient) throw invalidOption('client', 'a client of createClient()', client)
  if (!isObject(state) || Array.isArray(state)) throw invalidOption('state', 'an object', state)
  if (typeof connect !== 'boolean') throw invalidOption('connect', 'true or false', connect)
  if (typeof ssr !== 'boolean') throw invalidOption('ssr', 'true or false', ssr)
  for (const [option, value] of Object.entries({ reducers, effects, subscriptions, channels, snapshots })) {
    if (!isObject(value)) throw invalidOption(option, 'an object', value)
  }
  for (const [topic, source] of Object.entries(snapshots as object)) {
    if (!isSnapshot(source)) throw invalidOption(`snapshots.${topic}`, 'what snapshot() returns', source)
  }
}

function isSnapshot(source: unknown): boolean {
  return isObject(source) && typeof source['follow'] === 'function'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function assertFree(option: string, names: readonly string[], taken: readonly string[]): void {
  const name = names.find((one) => taken.includes(one))
  if (name !== undefined) throw invalidOption(option, 'of other names than those used by createStreamModel', name)
}
