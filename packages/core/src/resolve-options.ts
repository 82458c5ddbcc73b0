import { hostEnv, type Env } from './env/env.ts'
import { pageFrames } from './env/frames.ts'
import {
  assertBoolean,
  assertDuration,
  assertFunction,
  assertLimit,
  assertName,
  assertOneOf,
  hidden,
  invalidOption,
  readGroup,
  type Fields,
} from './lib/assert.ts'
import type { ClientOptions } from './options.ts'
import { defaultCloseVerdict, type CloseInfo, type CloseVerdict } from './protocol/close-codes.ts'
import type { Codec } from './protocol/codec.ts'
import type { Protocol } from './protocol/define-protocol.ts'
import { isBinary } from './protocol/frame-text.ts'
import { jsonCodec } from './protocol/json-codec.ts'
import {
  readAuth,
  readFlush,
  readHeartbeat,
  readOutbox,
  readReconnect,
  readRequests,
  type ResolvedAuth,
  type ResolvedFlush,
  type ResolvedHeartbeat,
  type ResolvedOutbox,
  type ResolvedReconnect,
} from './resolve-groups.ts'
import type { ResolvedRequests } from './requests/requests.ts'
import type { OpenSession } from './session/port.ts'
import type { Frame, OpenTransport } from './transport/transport.ts'
import { webSocketTransport, type WebSocketConstructor } from './transport/web-socket.ts'

export type {
  ResolvedAuth,
  ResolvedFlush,
  ResolvedHeartbeat,
  ResolvedOutbox,
  ResolvedReconnect,
} from './resolve-groups.ts'

/** Options after validation: every default filled in, every `false` an `undefined`, every value-or-function a function. */
export interface ResolvedOptions {
  readonly name: string
  /** May throw or reject: it is the application's. */
  readonly url: () => string | Promise<string>
  readonly protocols: readonly string[]
  readonly open: OpenTransport
  readonly binaryType: 'arraybuffer' | 'blob'
  readonly codec: Codec
  readonly auth: ResolvedAuth | undefined
  readonly heartbeat: ResolvedHeartbeat | undefined
  /** Undefined: a lost link is not replaced. */
  readonly reconnect: ResolvedReconnect | undefined
  /** Throws what the application's `classifyClose` throws, and `INVALID_OPTION` when that returns no verdict. */
  readonly classifyClose: (close: CloseInfo) => CloseVerdict
  /** May throw: it may be the application's. */
  readonly onOpen: () => readonly Frame[]
  readonly outbox: ResolvedOutbox
  readonly requests: ResolvedRequests
  readonly session: OpenSession | undefined
  readonly flush: ResolvedFlush
  readonly flushBudgetMs: number
  readonly conflate: boolean
  readonly splitFrames: boolean
  readonly protocol: Protocol | undefined
  readonly maxFrameBytes: number
  readonly openTimeoutMs: number
  readonly env: Env
}

const noFrames = (): readonly Frame[] => []

interface Given extends Omit<ResolvedOptions, 'open' | 'splitFrames'> {
  readonly splitFrames: boolean | undefined
  readonly transport: OpenTransport | undefined
  readonly webSocket: WebSocketConstructor | undefined
}

/** Nothing else in the library knows an option's default. What is made here is shared by all clients that say nothing else. */
const OPTIONS: Fields<Given> = {
  name: [assertName, 'default'],
  url: [readUrl],
  protocols: [readProtocols, Object.freeze([])],
  transport: [assertFunction, undefined],
  webSocket: [assertFunction, undefined],
  binaryType: [(option, value) => assertOneOf(option, value, ['arraybuffer', 'blob']), 'arraybuffer'],
  codec: [readCodec, jsonCodec()],
  auth: [readAuth, undefined],
  heartbeat: [readHeartbeat, readHeartbeat('heartbeat', { mode: 'reply' })],
  reconnect: [readReconnect, readReconnect('reconnect', {})],
  classifyClose: [readClassifyClose, defaultCloseVerdict],
  onOpen: [readOnOpen, noFrames],
  outbox: [readOutbox, readOutbox('outbox', {})],
  requests: [readRequests, readRequests('requests', {})],
  session: [assertFunction, undefined],
  flush: [readFlush, 'frame'],
  flushBudgetMs: [(option, value) => (value === Infinity ? value : assertDuration(option, value)), 8],
  conflate: [assertBoolean, true],
  splitFrames: [assertBoolean, undefined],
  protocol: [readProtocol, undefined],
  maxFrameBytes: [assertLimit, 16_777_216],
  openTimeoutMs: [assertDuration, 10_000],
  env: [readEnv, hostEnv],
}

/**
 * Validates the options of a client once and fills in the defaults.
 *
 * @throws {StatewireError} `INVALID_OPTION` when an option is wrong or unknown; names it, what was expected and what came.
 */
export function resolveOptions(options: ClientOptions<Protocol>): ResolvedOptions {
  const given = readGroup('', options, OPTIONS)
  // That there is a WebSocket at all is asked at each attempt, not here: importing and creating have no needs.
  const open = given.transport ?? webSocketTransport(given.webSocket)
  return Object.freeze({ ...given, open, splitFrames: given.splitFrames ?? given.session !== undefined })
}

function readUrl(option: string, url: unknown): ResolvedOptions['url'] {
  if (typeof url === 'function') return url as ResolvedOptions['url']
  if (typeof url === 'string' && url !== '') return () => url
  // A URL may hold a token, so what came is not shown.
  throw invalidOption(option, 'a string that is not empty, or a function that gives one', hidden(url))
}

// RFC 6455, section 4.1: a token (RFC 7230), each name once. The constructor would throw the same at every attempt.
const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/

function readProtocols(option: string, protocols: unknown): readonly string[] {
  const names: unknown = typeof protocols === 'string' ? [protocols] : protocols
  const valid = Array.isArray(names) && names.every((name) => typeof name === 'string' && TOKEN.test(name))
  if (valid && new Set(names).size === names.length) return Object.freeze([...(names as readonly string[])])
  throw invalidOption(option, 'a subprotocol name, or several different ones', hidden(protocols))
}

function readCodec(option: string, codec: unknown): Codec {
  if (typeof codec !== 'object' || codec === null) {
    throw invalidOption(option, 'an object with decode and encode', codec)
  }
  for (const part of ['decode', 'encode'] as const) assertFunction(`${option}.${part}`, (codec as Partial<Codec>)[part])
  return codec as Codec
}

const ACTIONS: readonly string[] = ['refreshAuth', 'fatal'] satisfies CloseVerdict['action'][]

function readClassifyClose(option: string, value: unknown): ResolvedOptions['classifyClose'] {
  const classify = assertFunction(option, value) as NonNullable<ClientOptions['classifyClose']>
  return (close) => {
    const verdict = classify(close)
    if (verdict === undefined) return defaultCloseVerdict(close)
    if (isVerdict(verdict)) return verdict
    throw invalidOption(option, 'a function that returns a verdict, or undefined', verdict)
  }
}

function isVerdict(verdict: CloseVerdict): boolean {
  if (verdict?.action === 'retryLater') return isCount(verdict.afterMs)
  if (verdict?.action === 'retry') return verdict.penalty === undefined || isCount(verdict.penalty)
  return ACTIONS.includes(verdict?.action)
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0

function readOnOpen(option: string, onOpen: unknown): ResolvedOptions['onOpen'] {
  if (typeof onOpen === 'function') return onOpen as ResolvedOptions['onOpen']
  if (Array.isArray(onOpen) && onOpen.every((frame) => typeof frame === 'string' || isBinary(frame))) {
    const frames: readonly Frame[] = Object.freeze([...onOpen])
    return () => frames
  }
  throw invalidOption(option, 'an array of frames (text or binary), or a function that gives one', hidden(onOpen))
}

function readProtocol(option: string, protocol: unknown): Protocol {
  if (typeof (protocol as Partial<Protocol> | null)?.check === 'function') return protocol as Protocol
  throw invalidOption(option, 'made by defineProtocol', protocol)
}

const asGiven = (_: string, part: unknown): unknown => part

const ENV: Fields<Omit<Env, 'frames'> & { readonly frames: Env['frames'] | undefined }> = {
  clock: [asGiven, hostEnv.clock],
  signals: [asGiven, hostEnv.signals],
  frames: [asGiven, undefined],
  random: [asGiven, hostEnv.random],
}

function readEnv(option: string, value: unknown): Env {
  const { frames, ...env } = readGroup(option, value, ENV)
  return Object.freeze({ ...env, frames: frames ?? pageFrames(env.clock, env.signals) })
}
