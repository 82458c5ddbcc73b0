import type { Backplane, Retention } from '../backplane/backplane.ts'
import { memoryBackplane } from '../backplane/memory.ts'
import { resolveEnv, type ServerEnv } from '../env.ts'
import { ServerError } from '../errors.ts'
import type {
  Access,
  DrainOptions,
  Handler,
  HeartbeatOptions,
  HubOptions,
  LimitOptions,
  ServerProblem,
  User,
} from './types.ts'

/** Options with every default filled in. */
export interface ResolvedHub<U extends User = User> {
  readonly authenticate: HubOptions<U>['authenticate']
  readonly authorize: (access: Access<U>) => boolean | Promise<boolean>
  readonly messages: ReadonlyMap<string, Handler<U>>
  readonly requests: ReadonlyMap<string, Handler<U>>
  readonly heartbeat: Readonly<Required<HeartbeatOptions>>
  readonly limits: Readonly<Required<LimitOptions>>
  readonly session: { readonly ttlMs: number; readonly dedupeMs: number }
  /** By the backplane's name of a topic. */
  readonly retentionOf: (topic: string) => Retention
  readonly backplane: Backplane
  readonly joinFrames: boolean
  readonly env: ServerEnv
  readonly onProblem: (problem: ServerProblem) => void
}

/** @throws {ServerError} `INVALID_OPTION` */
export function resolveHub<U extends User>(options: HubOptions<U>): ResolvedHub<U> {
  const { authenticate, authorize = subscribeOnly, messages = {}, requests = {}, onProblem = () => {} } = options
  const env = resolveEnv(options.env)
  const backplane = options.backplane ?? memoryBackplane({ env })
  const { ttlMs = backplane.durable ? 600_000 : 120_000, dedupeMs = 86_400_000 } = options.session ?? {}
  const { messages: kept = 1_000, ttlMs: keptMs = 300_000 } = options.topics?.retention ?? {}
  assertWhole('session', { ttlMs, dedupeMs })
  assertPositive('topics.retention', { messages: kept, ttlMs: keptMs })
  const ofTopic: Retention = { messages: kept, ttlMs: keptMs }
  // What was sent to a session is there as long as the session is.
  const ofSession: Retention = { messages: kept, ttlMs: Math.max(keptMs, ttlMs) }
  if (authenticate !== undefined) assertFunction('authenticate', authenticate)
  assertFunction('authorize', authorize)
  assertFunction('onProblem', onProblem)
  return {
    authenticate,
    authorize,
    // Maps, not the objects: `constructor` and `__proto__` are types like any other.
    messages: handlers('messages', messages),
    requests: handlers('requests', requests),
    heartbeat: resolveHeartbeat(options.heartbeat),
    limits: resolveLimits(options.limits),
    session: { ttlMs, dedupeMs },
    retentionOf: (topic) => (topic.startsWith('#') ? ofSession : ofTopic),
    backplane,
    joinFrames: resolveJoinFrames(options.joinFrames),
    env,
    onProblem,
  }
}

const subscribeOnly = ({ action }: Access): boolean => action === 'subscribe'

function resolveHeartbeat({ intervalMs = 25_000, timeoutMs = 10_000, beat = false }: HeartbeatOptions = {}) {
  assertWhole('heartbeat', { intervalMs, timeoutMs })
  return { intervalMs, timeoutMs, beat }
}

function resolveJoinFrames(joinFrames: boolean = true): boolean {
  if (typeof joinFrames === 'boolean') return joinFrames
  throw new ServerError('INVALID_OPTION', `Option "joinFrames" must be true or false, got ${typeof joinFrames}.`)
}

/** @throws {ServerError} `INVALID_OPTION` */
export function resolveLimits({
  authMs = 10_000,
  handlerMs = 30_000,
  frameBytes = 65_536,
  messagesPerSecond = 50,
  burst = 200,
  queueBytes = 1_048_576,
  topicsPerClient = 128,
  connections = Infinity,
  closeMs = 2_000,
}: LimitOptions = {}): Required<LimitOptions> {
  const limits = { authMs, handlerMs, frameBytes, messagesPerSecond, burst }
  const others = { queueBytes, topicsPerClient, connections, closeMs }
  assertPositive('limits', { ...limits, ...others })
  assertWhole('limits', { frameBytes })
  return { ...limits, ...others }
}

function handlers<U extends User>(group: string, given: Readonly<Record<string, Handler<U>>>) {
  for (const [type, handler] of Object.entries(given)) assertFunction(`${group}.${type}`, handler)
  return new Map(Object.entries(given))
}

export function assertPositive(group: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'number' && value > 0) continue
    throw new ServerError('INVALID_OPTION', `Option "${group}.${name}" must be a number above 0, got ${String(value)}.`)
  }
}

// What clients are told: they ignore an announcement or a welcome with anything else in it.
function assertWhole(group: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (Number.isSafeInteger(value) && (value as number) > 0) continue
    throw new ServerError(
      'INVALID_OPTION',
      `Option "${group}.${name}" must be a whole number above 0, got ${String(value)}.`,
    )
  }
}

/** @throws {ServerError} `INVALID_OPTION` */
export function resolveDrain({
  deadlineMs = 10_000,
  spreadMs = 5_000,
  retryMs = 0,
}: DrainOptions): Required<DrainOptions> {
  for (const [name, value] of Object.entries({ deadlineMs, spreadMs, retryMs })) {
    // Clients are told of all but the deadline.
    if (value >= 0 && (Number.isSafeInteger(value) || name === 'deadlineMs')) continue
    throw new ServerError(
      'INVALID_OPTION',
      `Option "drain.${name}" must be a whole number from 0 on, got ${String(value)}.`,
    )
  }
  return { deadlineMs, spreadMs, retryMs }
}

function assertFunction(option: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new ServerError('INVALID_OPTION', `Option "${option}" must be a function, got ${typeof value}.`)
}
