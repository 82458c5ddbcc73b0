import {
  assertDuration,
  assertFunction,
  assertGroup,
  assertLimit,
  assertName,
  assertOneOf,
  assertOptions,
  hidden,
  invalidOption,
  type Checks,
} from './lib/assert.ts'
import type { MakeFrame, ResolvedAuth, ResolvedHeartbeat, ResolvedReconnect } from './connection/policy.ts'
import type {
  AuthOptions,
  FlushOption,
  HeartbeatOptions,
  OutboxOptions,
  ReconnectOptions,
  RequestsOptions,
} from './options.ts'
import type { ResolvedRequests } from './requests/requests.ts'
import { compileMatcher, matchAccepted, matchRefused, type Matcher, type MessageMatch } from './protocol/matcher.ts'

export type { ResolvedAuth, ResolvedHeartbeat, ResolvedReconnect }
export type ResolvedOutbox = Readonly<Required<OutboxOptions>>
export type ResolvedFlush = FlushOption

const HEARTBEAT = 'heartCheck'
const SILENCE_MS = 25_000 // below the idle limits of common proxies, 30 s and 60 s

const AUTH: Checks<AuthOptions> = {
  token: assertFunction,
  frame: assertFunction,
  accepted: (option, value) => value === false || assertMatcher(option, value),
  refused: assertMatcher,
  timeoutMs: assertDuration,
}

export function resolveAuth(auth: AuthOptions | false = false): ResolvedAuth | undefined {
  if (auth === false) return undefined
  assertOptions('auth', auth, AUTH)
  const { token, frame = (value) => ({ type: 'auth', data: value }), accepted, refused, timeoutMs = 10_000 } = auth
  assertFunction('auth.token', token)
  return Object.freeze({
    token,
    frame,
    accepted: accepted === false ? false : (matcherOf(accepted) ?? matchAccepted),
    refused: matcherOf(refused) ?? matchRefused,
    timeoutMs,
  })
}

function assertMatcher(option: string, matcher: unknown): void {
  if (typeof matcher === 'function' || (typeof matcher === 'string' && matcher !== '')) return
  throw invalidOption(option, 'a message type, or a function that recognises the message', hidden(matcher))
}

function matcherOf(matcher: Matcher | undefined): MessageMatch | undefined {
  return matcher === undefined ? undefined : compileMatcher(matcher)
}

const TIMES = { intervalMs: assertDuration, timeoutMs: assertDuration }
const HEARTBEATS: { readonly [Mode in HeartbeatOptions['mode']]: Checks<HeartbeatOptions & { mode: Mode }> } = {
  reply: { mode: assertMode, type: assertName, probe: assertFrame, ...TIMES },
  ping: { mode: assertMode, frame: assertFrame, pong: assertMatcher, ...TIMES },
  watch: { mode: assertMode, probe: assertFrame, ...TIMES },
}

function assertMode(option: string, mode: unknown): void {
  assertOneOf(option, mode, Object.keys(HEARTBEATS))
}

export function resolveHeartbeat(
  heartbeat: HeartbeatOptions | false = { mode: 'reply' },
): ResolvedHeartbeat | undefined {
  if (heartbeat === false) return undefined
  assertGroup('heartbeat', heartbeat, Object.values(HEARTBEATS).flatMap(Object.keys))
  assertMode('heartbeat.mode', heartbeat.mode)
  assertOptions('heartbeat', heartbeat, HEARTBEATS[heartbeat.mode])
  const { intervalMs, timeoutMs = 10_000 } = heartbeat
  switch (heartbeat.mode) {
    case 'reply': {
      const { type = HEARTBEAT, probe } = heartbeat
      return Object.freeze({ mode: 'reply', type, intervalMs, timeoutMs, probe: probeOf(probe) })
    }
    case 'ping': {
      const { frame = { type: HEARTBEAT }, pong } = heartbeat
      return Object.freeze({
        mode: 'ping',
        frame: frameOf(frame),
        pong: matcherOf(pong),
        intervalMs: intervalMs ?? SILENCE_MS,
        timeoutMs,
      })
    }
    case 'watch':
      return Object.freeze({
        mode: 'watch',
        intervalMs: intervalMs ?? SILENCE_MS,
        timeoutMs,
        probe: probeOf(heartbeat.probe),
      })
  }
}

function assertFrame(option: string, frame: unknown): void {
  if (typeof frame === 'function' || typeof frame === 'string' || (typeof frame === 'object' && frame !== null)) return
  throw invalidOption(option, 'a message, raw text, or a function that gives one', frame)
}

function frameOf(frame: unknown): MakeFrame {
  return typeof frame === 'function' ? (frame as MakeFrame) : () => frame
}

function probeOf(probe: unknown): MakeFrame | undefined {
  return probe === undefined ? undefined : frameOf(probe)
}

const RECONNECT: Checks<ReconnectOptions> = {
  baseDelayMs: assertDuration,
  maxDelayMs: assertDuration,
  delayMs: (option, value) => typeof value === 'function' || assertDuration(option, value),
  maxAttempts: assertLimit,
}

export function resolveReconnect(reconnect: ReconnectOptions | false = {}): ResolvedReconnect | undefined {
  if (reconnect === false) return undefined
  assertOptions('reconnect', reconnect, RECONNECT)
  // Each default gives way to the other bound, so that naming one of them is never an error.
  const {
    baseDelayMs = Math.min(1_000, reconnect.maxDelayMs ?? Infinity),
    maxDelayMs = Math.max(15_000, baseDelayMs),
    delayMs,
    maxAttempts = Infinity,
  } = reconnect
  if (maxDelayMs < baseDelayMs) {
    throw invalidOption('reconnect.maxDelayMs', `at least reconnect.baseDelayMs (${baseDelayMs})`, maxDelayMs)
  }
  return Object.freeze({
    baseDelayMs,
    maxDelayMs,
    delayMs: typeof delayMs === 'number' ? () => delayMs : delayMs,
    maxAttempts,
  })
}

const OUTBOX: Checks<OutboxOptions> = {
  capacity: assertLimit,
  maxBytes: assertLimit,
  maxAgeMs: assertDuration,
  overflow: (option, value) => assertOneOf(option, value, ['reject', 'dropOldest']),
}

export function resolveOutbox(outbox: OutboxOptions = {}): ResolvedOutbox {
  assertOptions('outbox', outbox, OUTBOX)
  const { capacity = 1_000, maxBytes = 1_048_576, maxAgeMs = 86_400_000, overflow = 'reject' } = outbox
  return Object.freeze({ capacity, maxBytes, maxAgeMs, overflow })
}

const REQUESTS: Checks<RequestsOptions> = {
  write: assertFunction,
  match: assertFunction,
  read: assertFunction,
  timeoutMs: assertDuration,
}

export function resolveRequests(requests: RequestsOptions = {}): ResolvedRequests {
  assertOptions('requests', requests, REQUESTS)
  const { write = writeRequest, match, read = readReply, timeoutMs = 10_000 } = requests
  return Object.freeze({ write, match, read, timeoutMs })
}

const writeRequest: ResolvedRequests['write'] = ({ type, params }) => ({ type, data: params })
const readReply: ResolvedRequests['read'] = ({ data }) => data

export function resolveFlush(flush: FlushOption = 'frame'): ResolvedFlush {
  if (typeof flush === 'object' && flush !== null) {
    assertGroup('flush', flush, ['everyMs'])
    assertDuration('flush.everyMs', flush.everyMs)
    return Object.freeze({ everyMs: flush.everyMs })
  }
  if (!['frame', 'microtask', 'sync'].includes(flush)) {
    throw invalidOption('flush', `'frame', 'microtask', 'sync' or { everyMs }`, flush)
  }
  return flush
}
