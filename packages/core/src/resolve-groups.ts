import {
  assertDuration,
  assertFunction,
  assertLimit,
  assertName,
  assertObject,
  assertOneOf,
  hidden,
  invalidOption,
  readGroup,
  type Fields,
} from './lib/assert.ts'
import type { MakeFrame, ResolvedAuth, ResolvedHeartbeat, ResolvedReconnect } from './connection/policy.ts'
import type { FlushOption, HeartbeatOptions, OutboxOptions } from './options.ts'
import type { ResolvedRequests } from './requests/requests.ts'
import { compileMatcher, matchAccepted, matchRefused, type Matcher, type MessageMatch } from './protocol/matcher.ts'

export type { ResolvedAuth, ResolvedHeartbeat, ResolvedReconnect }
export type ResolvedOutbox = Readonly<Required<OutboxOptions>>
export type ResolvedFlush = FlushOption

const HEARTBEAT = 'heartCheck'
const SILENCE_MS = 25_000 // below the idle limits of common proxies, 30 s and 60 s

const AUTH: Fields<ResolvedAuth> = {
  token: [assertFunction],
  frame: [assertFunction, (token) => ({ type: 'auth', data: token })],
  accepted: [(option, value) => value !== false && readMatcher(option, value), matchAccepted],
  refused: [readMatcher, matchRefused],
  timeoutMs: [assertDuration, 10_000],
}

export function readAuth(option: string, value: unknown): ResolvedAuth | undefined {
  return value === false ? undefined : readGroup(option, value, AUTH)
}

function readMatcher(option: string, matcher: unknown): MessageMatch {
  if (typeof matcher === 'function' || (typeof matcher === 'string' && matcher !== '')) {
    return compileMatcher(matcher as Matcher)
  }
  throw invalidOption(option, 'a message type, or a function that recognises the message', hidden(matcher))
}

type Mode = HeartbeatOptions['mode']

const TIMES = { intervalMs: [assertDuration, SILENCE_MS], timeoutMs: [assertDuration, 10_000] } as const
const HEARTBEATS: { readonly [M in Mode]: Fields<ResolvedHeartbeat & { mode: M }> } = {
  reply: {
    ...TIMES,
    mode: [readMode],
    type: [assertName, HEARTBEAT],
    intervalMs: [assertDuration, undefined],
    probe: [readFrame, undefined],
  },
  ping: { ...TIMES, mode: [readMode], frame: [readFrame, () => ({ type: HEARTBEAT })], pong: [readMatcher, undefined] },
  watch: { ...TIMES, mode: [readMode], probe: [readFrame, undefined] },
}

function readMode(option: string, mode: unknown): Mode {
  return assertOneOf(option, mode, Object.keys(HEARTBEATS) as Mode[])
}

export function readHeartbeat(option: string, value: unknown): ResolvedHeartbeat | undefined {
  if (value === false) return undefined
  assertObject(option, value)
  const mode = readMode(`${option}.mode`, (value as Partial<HeartbeatOptions>).mode)
  return readGroup<ResolvedHeartbeat>(option, value, HEARTBEATS[mode])
}

function readFrame(option: string, frame: unknown): MakeFrame {
  if (typeof frame === 'function') return frame as MakeFrame
  if (typeof frame === 'string' || (typeof frame === 'object' && frame !== null)) return () => frame
  throw invalidOption(option, 'a message, raw text, or a function that gives one', frame)
}

const RECONNECT: Fields<Partial<ResolvedReconnect>> = {
  baseDelayMs: [assertDuration, undefined],
  maxDelayMs: [assertDuration, undefined],
  delayMs: [readDelay, undefined],
  maxAttempts: [assertLimit, Infinity],
}

function readDelay(option: string, delay: unknown): unknown {
  return typeof delay === 'function' ? delay : assertDuration(option, delay) && (() => delay)
}

export function readReconnect(option: string, value: unknown): ResolvedReconnect | undefined {
  if (value === false) return undefined
  const given = readGroup(option, value, RECONNECT) as Partial<ResolvedReconnect> &
    Pick<ResolvedReconnect, 'maxAttempts'>
  // Each default gives way to the other bound, so that naming one of them is never an error.
  const { baseDelayMs = Math.min(1_000, given.maxDelayMs ?? Infinity), maxDelayMs = Math.max(15_000, baseDelayMs) } =
    given
  if (maxDelayMs < baseDelayMs) {
    throw invalidOption(`${option}.maxDelayMs`, `at least ${option}.baseDelayMs (${baseDelayMs})`, maxDelayMs)
  }
  return Object.freeze({ ...given, baseDelayMs, maxDelayMs })
}

const OUTBOX: Fields<ResolvedOutbox> = {
  capacity: [assertLimit, 1_000],
  maxBytes: [assertLimit, 1_048_576],
  maxAgeMs: [assertDuration, 86_400_000],
  overflow: [(option, value) => assertOneOf(option, value, ['reject', 'dropOldest']), 'reject'],
}

export function readOutbox(option: string, value: unknown): ResolvedOutbox {
  return readGroup(option, value, OUTBOX)
}

const REQUESTS: Fields<ResolvedRequests> = {
  write: [assertFunction, ({ type, params }) => ({ type, data: params })],
  match: [assertFunction, undefined],
  read: [assertFunction, ({ data }) => data],
  timeoutMs: [assertDuration, 10_000],
}

export function readRequests(option: string, value: unknown): ResolvedRequests {
  return readGroup(option, value, REQUESTS)
}

const EVERY: Fields<{ everyMs: number }> = { everyMs: [assertDuration] }

export function readFlush(option: string, flush: unknown): ResolvedFlush {
  if (typeof flush === 'object' && flush !== null) return readGroup(option, flush, EVERY)
  if (flush === 'frame' || flush === 'microtask' || flush === 'sync') return flush
  throw invalidOption(option, "'frame', 'microtask', 'sync' or { everyMs }", flush)
}
