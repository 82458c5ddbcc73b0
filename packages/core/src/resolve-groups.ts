import {
  assertDuration,
  assertFunction,
  assertGroup,
  assertLimit,
  assertName,
  assertOneOf,
  hidden,
  invalidOption,
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

export function resolveAuth(auth: AuthOptions | false = false): ResolvedAuth | undefined {
  if (auth === false) return undefined
  assertGroup('auth', auth, ['token', 'frame', 'accepted', 'refused', 'timeoutMs'])
  const { token, frame = (value) => ({ type: 'auth', data: value }), accepted, refused, timeoutMs = 10_000 } = auth
  assertFunction('auth.token', token)
  assertFunction('auth.frame', frame)
  assertDuration('auth.timeoutMs', timeoutMs)
  return Object.freeze({
    token,
    frame,
    accepted: accepted === false ? false : (resolveMatcher('auth.accepted', accepted) ?? matchAccepted),
    refused: resolveMatcher('auth.refused', refused) ?? matchRefused,
    timeoutMs,
  })
}

function resolveMatcher(option: string, matcher: Matcher | undefined): MessageMatch | undefined {
  if (matcher === undefined) return undefined
  if (typeof matcher !== 'function' && (typeof matcher !== 'string' || matcher === '')) {
    throw invalidOption(option, 'a message type, or a function that recognises the message', hidden(matcher))
  }
  return compileMatcher(matcher)
}

const HEARTBEAT_NAMES = {
  reply: ['mode', 'type', 'intervalMs', 'timeoutMs', 'probe'],
  ping: ['mode', 'frame', 'pong', 'intervalMs', 'timeoutMs'],
  watch: ['mode', 'intervalMs', 'timeoutMs', 'probe'],
} as const
const ANY_HEARTBEAT_NAME = Object.values(HEARTBEAT_NAMES).flat()

export function resolveHeartbeat(
  heartbeat: HeartbeatOptions | false = { mode: 'reply' },
): ResolvedHeartbeat | undefined {
  if (heartbeat === false) return undefined
  assertGroup('heartbeat', heartbeat, ANY_HEARTBEAT_NAME)
  assertOneOf('heartbeat.mode', heartbeat.mode, Object.keys(HEARTBEAT_NAMES))
  assertGroup('heartbeat', heartbeat, HEARTBEAT_NAMES[heartbeat.mode])
  const { intervalMs, timeoutMs = 10_000 } = heartbeat
  if (intervalMs !== undefined) assertDuration('heartbeat.intervalMs', intervalMs)
  assertDuration('heartbeat.timeoutMs', timeoutMs)
  switch (heartbeat.mode) {
    case 'reply': {
      const { type = HEARTBEAT } = heartbeat
      assertName('heartbeat.type', type)
      return Object.freeze({ mode: 'reply', type, intervalMs, timeoutMs, probe: resolveProbe(heartbeat.probe) })
    }
    case 'ping': {
      const { frame: given = { type: HEARTBEAT }, pong: matcher } = heartbeat
      const frame = resolveFrame('heartbeat.frame', given)
      const pong = resolveMatcher('heartbeat.pong', matcher)
      return Object.freeze({ mode: 'ping', frame, pong, intervalMs: intervalMs ?? SILENCE_MS, timeoutMs })
    }
    case 'watch': {
      const probe = resolveProbe(heartbeat.probe)
      return Object.freeze({ mode: 'watch', intervalMs: intervalMs ?? SILENCE_MS, timeoutMs, probe })
    }
  }
}

function resolveProbe(probe: unknown): MakeFrame | undefined {
  return probe === undefined ? undefined : resolveFrame('heartbeat.probe', probe)
}

function resolveFrame(option: string, frame: unknown): MakeFrame {
  if (typeof frame === 'function') return frame as MakeFrame
  if (typeof frame !== 'string' && (typeof frame !== 'object' || frame === null)) {
    throw invalidOption(option, 'a message, raw text, or a function that gives one', frame)
  }
  return () => frame
}

export function resolveReconnect(reconnect: ReconnectOptions | false = {}): ResolvedReconnect | undefined {
  if (reconnect === false) return undefined
  assertGroup('reconnect', reconnect, ['baseDelayMs', 'maxDelayMs', 'delayMs', 'maxAttempts'])
  // Each default gives way to the other bound, so that naming one of them is never an error.
  const {
    baseDelayMs = Math.min(1_000, reconnect.maxDelayMs ?? Infinity),
    maxDelayMs = Math.max(15_000, baseDelayMs),
    delayMs,
    maxAttempts = Infinity,
  } = reconnect
  assertDuration('reconnect.baseDelayMs', baseDelayMs)
  assertDuration('reconnect.maxDelayMs', maxDelayMs)
  if (maxDelayMs < baseDelayMs) {
    throw invalidOption('reconnect.maxDelayMs', `at least reconnect.baseDelayMs (${baseDelayMs})`, maxDelayMs)
  }
  assertLimit('reconnect.maxAttempts', maxAttempts)
  return Object.freeze({ baseDelayMs, maxDelayMs, delayMs: resolveDelay(delayMs), maxAttempts })
}

function resolveDelay(delayMs: ReconnectOptions['delayMs']): ResolvedReconnect['delayMs'] {
  if (delayMs === undefined || typeof delayMs === 'function') return delayMs
  assertDuration('reconnect.delayMs', delayMs)
  return () => delayMs
}

export function resolveOutbox(outbox: OutboxOptions = {}): ResolvedOutbox {
  assertGroup('outbox', outbox, ['capacity', 'maxBytes', 'maxAgeMs', 'overflow'])
  const { capacity = 1_000, maxBytes = 1_048_576, maxAgeMs = 86_400_000, overflow = 'reject' } = outbox
  assertLimit('outbox.capacity', capacity)
  assertLimit('outbox.maxBytes', maxBytes)
  assertDuration('outbox.maxAgeMs', maxAgeMs)
  assertOneOf('outbox.overflow', overflow, ['reject', 'dropOldest'])
  return Object.freeze({ capacity, maxBytes, maxAgeMs, overflow })
}

export function resolveRequests(requests: RequestsOptions = {}): ResolvedRequests {
  assertGroup('requests', requests, ['write', 'match', 'read', 'timeoutMs'])
  const {
    write = ({ type, params }) => ({ type, data: params }),
    match,
    read = ({ data }) => data,
    timeoutMs = 10_000,
  } = requests
  assertFunction('requests.write', write)
  if (match !== undefined) assertFunction('requests.match', match)
  assertFunction('requests.read', read)
  assertDuration('requests.timeoutMs', timeoutMs)
  return Object.freeze({ write, match, read, timeoutMs })
}

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
