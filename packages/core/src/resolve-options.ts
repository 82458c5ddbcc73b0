import { resolveEnv, type Env } from './env/env.ts'
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
import type { ClientOptions } from './options.ts'
import { defaultCloseVerdict, type CloseInfo, type CloseVerdict } from './protocol/close-codes.ts'
import type { Codec } from './protocol/codec.ts'
import type { Protocol } from './protocol/define-protocol.ts'
import { isBinary } from './protocol/frame-text.ts'
import { jsonCodec } from './protocol/json-codec.ts'
import {
  resolveAuth,
  resolveFlush,
  resolveHeartbeat,
  resolveOutbox,
  resolveReconnect,
  resolveRequests,
  type ResolvedAuth,
  type ResolvedFlush,
  type ResolvedHeartbeat,
  type ResolvedOutbox,
  type ResolvedReconnect,
} from './resolve-groups.ts'
import type { ResolvedRequests } from './requests/requests.ts'
import type { OpenSession } from './session/port.ts'
import type { Frame, OpenTransport } from './transport/transport.ts'
import { webSocketTransport } from './transport/web-socket.ts'

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
  readonly protocol: Protocol | undefined
  readonly maxFrameBytes: number
  readonly openTimeoutMs: number
  readonly env: Env
}

const KNOWN = [
  'name',
  'url',
  'protocols',
  'transport',
  'webSocket',
  'binaryType',
  'codec',
  'auth',
  'heartbeat',
  'reconnect',
  'classifyClose',
  'onOpen',
  'outbox',
  'requests',
  'session',
  'flush',
  'flushBudgetMs',
  'conflate',
  'protocol',
  'maxFrameBytes',
  'openTimeoutMs',
  'env',
] as const satisfies readonly (keyof ClientOptions)[]

/**
 * Validates the options of a client once and fills in the defaults. Nothing else in the library knows a default of an option.
 *
 * @throws {StatewireError} `INVALID_OPTION` when an option is wrong or unknown; names it, what was expected and what came.
 */
export function resolveOptions(options: ClientOptions<Protocol>): ResolvedOptions {
  assertGroup('', options, KNOWN)
  const { name = 'default', binaryType = 'arraybuffer', maxFrameBytes = 16_777_216, openTimeoutMs = 10_000 } = options
  assertName('name', name)
  assertOneOf('binaryType', binaryType, ['arraybuffer', 'blob'])
  assertLimit('maxFrameBytes', maxFrameBytes)
  assertDuration('openTimeoutMs', openTimeoutMs)
  return Object.freeze({
    name,
    url: resolveUrl(options.url),
    protocols: resolveProtocols(options.protocols),
    open: resolveTransport(options),
    binaryType,
    codec: resolveCodec(options.codec),
    auth: resolveAuth(options.auth),
    heartbeat: resolveHeartbeat(options.heartbeat),
    reconnect: resolveReconnect(options.reconnect),
    classifyClose: resolveClassifyClose(options.classifyClose),
    onOpen: resolveOnOpen(options.onOpen),
    outbox: resolveOutbox(options.outbox),
    requests: resolveRequests(options.requests),
    session: resolveSession(options.session),
    flush: resolveFlush(options.flush),
    ...resolveFlushing(options),
    protocol: resolveProtocol(options.protocol),
    maxFrameBytes,
    openTimeoutMs,
    env: resolveGivenEnv(options.env),
  })
}

function resolveFlushing({
  flushBudgetMs = 8,
  conflate = true,
}: Pick<ClientOptions, 'flushBudgetMs' | 'conflate'>): Pick<ResolvedOptions, 'flushBudgetMs' | 'conflate'> {
  if (flushBudgetMs !== Infinity) assertDuration('flushBudgetMs', flushBudgetMs)
  if (typeof conflate !== 'boolean') throw invalidOption('conflate', 'true or false', conflate)
  return { flushBudgetMs, conflate }
}

function resolveUrl(url: ClientOptions['url']): ResolvedOptions['url'] {
  if (typeof url === 'function') return url
  // A URL may hold a token, so what came is not shown.
  if (typeof url !== 'string' || url === '') {
    throw invalidOption('url', 'a string that is not empty, or a function that gives one', hidden(url))
  }
  return () => url
}

// RFC 6455, section 4.1: a token (RFC 7230), each name once. The constructor would throw the same at every attempt.
const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/

function resolveProtocols(protocols: ClientOptions['protocols'] = []): readonly string[] {
  const names: readonly unknown[] | undefined =
    typeof protocols === 'string' ? [protocols] : Array.isArray(protocols) ? protocols : undefined
  const valid = names?.every((name) => typeof name === 'string' && TOKEN.test(name)) ?? false
  if (!names || !valid || new Set(names).size !== names.length) {
    throw invalidOption('protocols', 'a subprotocol name, or several different ones', hidden(protocols))
  }
  return Object.freeze([...(names as readonly string[])])
}

// That there is a WebSocket at all is asked at each attempt, not here: importing and creating have no needs.
function resolveTransport({ transport, webSocket }: Pick<ClientOptions, 'transport' | 'webSocket'>): OpenTransport {
  if (transport !== undefined) assertFunction('transport', transport)
  if (webSocket !== undefined) assertFunction('webSocket', webSocket)
  return transport ?? webSocketTransport(webSocket)
}

let usualCodec: Codec | undefined

// Shared by all clients that name none: it holds nothing of theirs.
function resolveCodec(codec: Codec = (usualCodec ??= jsonCodec())): Codec {
  if (typeof codec !== 'object' || codec === null) {
    throw invalidOption('codec', 'an object with decode and encode', codec)
  }
  const parts = codec as unknown as Readonly<Record<string, unknown>>
  for (const part of ['decode', 'encode']) assertFunction(`codec.${part}`, parts[part])
  return codec
}

const ACTIONS: readonly string[] = ['refreshAuth', 'fatal'] satisfies CloseVerdict['action'][]

function resolveClassifyClose(classify: ClientOptions['classifyClose']): ResolvedOptions['classifyClose'] {
  if (classify === undefined) return defaultCloseVerdict
  assertFunction('classifyClose', classify)
  return (close) => {
    const verdict = classify(close)
    if (verdict === undefined) return defaultCloseVerdict(close)
    if (!isVerdict(verdict)) {
      throw invalidOption('classifyClose', 'a function that returns a verdict, or undefined', verdict)
    }
    return verdict
  }
}

function isVerdict(verdict: CloseVerdict): boolean {
  if (verdict?.action === 'retryLater') return isCount(verdict.afterMs)
  if (verdict?.action === 'retry') return verdict.penalty === undefined || isCount(verdict.penalty)
  return ACTIONS.includes(verdict?.action)
}

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0

const nothing = (): readonly Frame[] => []

function resolveOnOpen(onOpen: ClientOptions['onOpen'] = nothing): ResolvedOptions['onOpen'] {
  if (typeof onOpen === 'function') return onOpen
  if (!Array.isArray(onOpen) || !onOpen.every((frame) => typeof frame === 'string' || isBinary(frame))) {
    throw invalidOption('onOpen', 'an array of frames (text or binary), or a function that gives one', hidden(onOpen))
  }
  const frames: readonly Frame[] = Object.freeze([...(onOpen as readonly Frame[])])
  return () => frames
}

function resolveSession(session: OpenSession | undefined): OpenSession | undefined {
  if (session !== undefined) assertFunction('session', session)
  return session
}

function resolveProtocol(protocol: Protocol | undefined): Protocol | undefined {
  if (protocol === undefined) return undefined
  const parts = [protocol?.receive, protocol?.send, protocol?.requests] as readonly unknown[]
  if (!parts.every((part) => typeof part === 'object' && part !== null)) {
    throw invalidOption('protocol', 'made by defineProtocol', protocol)
  }
  return protocol
}

function resolveGivenEnv(env: Partial<Env> = {}): Env {
  assertGroup('env', env, ['clock', 'signals', 'frames', 'random'])
  return Object.freeze(resolveEnv(env))
}
