import type { ClientOptions } from '@statewire/core'
import { describe, expect, it } from 'vitest'
import { StatewireError } from '../src/lib/errors.ts'
import { resolveOptions, type ResolvedOptions } from '../src/resolve-options.ts'

const URL = 'wss://example.test/ws'
const token = (): string => 'secret'

const setup = (options: object = {}): ResolvedOptions => resolveOptions({ url: URL, ...options } as ClientOptions)

function failureOf(options: object | undefined): StatewireError<'INVALID_OPTION'> {
  try {
    resolveOptions(options as ClientOptions)
  } catch (error) {
    if (StatewireError.is(error, 'INVALID_OPTION')) return error
    throw error
  }
  throw new Error('The options were taken.')
}

describe('resolveOptions', () => {
  it('fills in every default', () => {
    const resolved = setup()
    expect(resolved).toMatchObject({
      name: 'default',
      protocols: [],
      binaryType: 'arraybuffer',
      auth: undefined,
      heartbeat: { mode: 'reply', type: 'heartCheck', intervalMs: undefined, timeoutMs: 10_000, probe: undefined },
      reconnect: { baseDelayMs: 1_000, maxDelayMs: 15_000, delayMs: undefined, maxAttempts: Infinity },
      outbox: { capacity: 1_000, maxBytes: 1_048_576, maxAgeMs: 86_400_000, overflow: 'reject' },
      flush: 'frame',
      flushBudgetMs: 8,
      conflate: true,
      splitFrames: false,
      protocol: undefined,
      maxFrameBytes: 16_777_216,
    })
    expect(resolved.url()).toBe(URL)
    expect(resolved.onOpen()).toEqual([])
    expect(resolved.classifyClose({ code: 1006, reason: '', wasOpen: true })).toEqual({ action: 'retry' })
    expect(resolved.codec.decode('{"type":"a","data":1}')).toEqual({ type: 'a', data: 1 })
    expect(resolved.env.random()).toBeTypeOf('number')
  })

  it('lets an explicit undefined mean the default, in every group', () => {
    const nothing = { timeoutMs: undefined, intervalMs: undefined }
    const resolved = setup({
      name: undefined,
      heartbeat: { mode: 'watch', ...nothing },
      reconnect: { baseDelayMs: undefined, maxAttempts: undefined },
      outbox: { capacity: undefined },
      flush: undefined,
    })
    expect(resolved).toMatchObject({
      name: 'default',
      heartbeat: { intervalMs: 25_000, timeoutMs: 10_000 },
      reconnect: { baseDelayMs: 1_000, maxAttempts: Infinity },
      outbox: { capacity: 1_000 },
      flush: 'frame',
    })
  })

  it('freezes what it returns, and copies the lists it was given', () => {
    const protocols = ['chat']
    const onOpen = ['hello']
    const resolved = setup({ auth: { token }, protocols, onOpen })
    protocols.push('late')
    onOpen.push('late')
    expect(resolved.protocols).toEqual(['chat'])
    expect(resolved.onOpen()).toEqual(['hello'])
    const { auth, heartbeat, reconnect, outbox } = resolved
    for (const part of [resolved, auth, heartbeat, reconnect, outbox]) expect(Object.isFrozen(part)).toBe(true)
  })

  it('turns false into undefined', () => {
    expect(setup({ auth: false, heartbeat: false, reconnect: false })).toMatchObject({
      auth: undefined,
      heartbeat: undefined,
      reconnect: undefined,
    })
  })

  it('does not ask for a WebSocket before there is an attempt', () => {
    expect(() => setup({ webSocket: undefined })).not.toThrow()
  })

  it('prefers a transport to a WebSocket', () => {
    const transport = (): never => {
      throw new Error('not now')
    }
    expect(setup({ transport }).open).toBe(transport)
  })

  it('takes one subprotocol or several', () => {
    expect(setup({ protocols: 'echo-protocol' }).protocols).toEqual(['echo-protocol'])
    expect(setup({ protocols: ['a', 'b.2'] }).protocols).toEqual(['a', 'b.2'])
  })

  it('makes a wait of any attempt from a number', () => {
    expect(setup({ reconnect: { delayMs: 2_000 } }).reconnect?.delayMs?.(7)).toBe(2_000)
    expect(setup({ reconnect: { delayMs: (attempt: number) => attempt * 500 } }).reconnect?.delayMs?.(7)).toBe(3_500)
  })

  it('moves the default of a bound out of the way of the one that is given', () => {
    expect(setup({ reconnect: { baseDelayMs: 20_000 } }).reconnect?.maxDelayMs).toBe(20_000)
    expect(setup({ reconnect: { maxDelayMs: 100 } }).reconnect?.baseDelayMs).toBe(100)
  })

  it('keeps codecs that are class instances', () => {
    class Reversed {
      readonly #type = 'text'
      decode(frame: string): { type: string; data: unknown } {
        return { type: this.#type, data: frame }
      }
      encode(): string {
        return ''
      }
    }
    expect(setup({ codec: new Reversed() }).codec.decode('x')).toEqual({ type: 'text', data: 'x' })
  })
})

describe('resolveOptions with auth', () => {
  it('sends the token as an auth message by default', () => {
    const { auth } = setup({ auth: { token } })
    expect(auth?.frame('t')).toEqual({ type: 'auth', data: 't' })
    expect(auth?.timeoutMs).toBe(10_000)
    expect(auth?.accepted && auth.accepted(undefined, 'auth ok')).toBe(true)
    expect(auth?.refused({ type: 'noAuth', data: undefined }, '')).toBe(true)
  })

  it('takes matchers of the application, and false for none', () => {
    expect(setup({ auth: { token, accepted: false } }).auth?.accepted).toBe(false)
    const { auth } = setup({ auth: { token, accepted: 'welcome', refused: () => true } })
    expect(auth?.accepted && auth.accepted({ type: 'welcome', data: 1 }, '')).toBe(true)
    expect(auth?.accepted && auth.accepted({ type: 'auth ok', data: 1 }, '')).toBe(false)
    expect(auth?.refused(undefined, '')).toBe(true)
  })
})

describe('resolveOptions with a heartbeat', () => {
  it('pings with a heartCheck message by default', () => {
    const { heartbeat } = setup({ heartbeat: { mode: 'ping' } })
    expect(heartbeat).toMatchObject({ mode: 'ping', pong: undefined, intervalMs: 25_000, timeoutMs: 10_000 })
    expect(heartbeat?.mode === 'ping' && heartbeat.frame()).toEqual({ type: 'heartCheck' })
  })

  it.each([
    ['a value', { ping: true }, { ping: true }],
    ['raw text', 'ping', 'ping'],
    ['a function', () => ({ req_type: 8 }), { req_type: 8 }],
  ])('makes a ping from %s', (_, frame, made) => {
    const { heartbeat } = setup({ heartbeat: { mode: 'ping', frame } })
    expect(heartbeat?.mode === 'ping' && heartbeat.frame()).toEqual(made)
  })

  it('makes a probe only where one is given', () => {
    expect(setup({ heartbeat: { mode: 'watch' } }).heartbeat).toMatchObject({ probe: undefined })
    const { heartbeat } = setup({ heartbeat: { mode: 'reply', probe: 'are you there' } })
    expect(heartbeat?.mode === 'reply' && heartbeat.probe?.()).toBe('are you there')
  })
})

describe('resolveOptions with classifyClose', () => {
  const close = { code: 4400, reason: '', wasOpen: true }

  it('asks the application first', () => {
    const classifyClose = (): unknown => ({ action: 'retryLater', afterMs: 5 })
    expect(setup({ classifyClose }).classifyClose(close)).toEqual({ action: 'retryLater', afterMs: 5 })
  })

  it('falls back to the built-in verdict on undefined', () => {
    expect(setup({ classifyClose: () => undefined }).classifyClose(close)).toEqual({ action: 'fatal' })
  })

  it.each([
    [null],
    ['retry'],
    [{ action: 'stop' }],
    [{ action: 'retryLater' }],
    [{ action: 'retryLater', afterMs: NaN }],
  ])('throws when the verdict is %j', (verdict) => {
    expect(() => setup({ classifyClose: () => verdict }).classifyClose(close)).toThrow('classifyClose')
  })
})

describe('resolveOptions of a wrong option', () => {
  const group = (name: string, options: object, option: string) => [`${name}.${option}`, { [name]: options }] as const

  it.each<readonly [option: string, options: object]>([
    ['name', { name: '' }],
    ['name', { name: 3 }],
    ['url', { url: undefined }],
    ['url', { url: '' }],
    ['url', { url: 5 }],
    ['protocols', { protocols: 'two words' }],
    ['protocols', { protocols: [''] }],
    ['protocols', { protocols: ['a', 'a'] }],
    ['protocols', { protocols: 7 }],
    ['transport', { transport: {} }],
    ['webSocket', { webSocket: 'ws' }],
    ['binaryType', { binaryType: 'buffer' }],
    ['codec', { codec: 'json' }],
    ['codec', { codec: null }],
    ['codec.decode', { codec: {} }],
    ['codec.encode', { codec: { decode() {} } }],
    ['auth', { auth: true }],
    ['auth', { auth: null }],
    group('auth', {}, 'token'),
    group('auth', { token: 'secret' }, 'token'),
    group('auth', { token, frame: 'secret' }, 'frame'),
    group('auth', { token, accepted: true }, 'accepted'),
    group('auth', { token, refused: false }, 'refused'),
    group('auth', { token, refused: '' }, 'refused'),
    group('auth', { token, timeoutMs: -1 }, 'timeoutMs'),
    ['heartbeat', { heartbeat: true }],
    group('heartbeat', {}, 'mode'),
    group('heartbeat', { mode: 'constructor' }, 'mode'),
    group('heartbeat', { mode: 'reply', type: '' }, 'type'),
    group('heartbeat', { mode: 'reply', intervalMs: 0 }, 'intervalMs'),
    group('heartbeat', { mode: 'watch', timeoutMs: NaN }, 'timeoutMs'),
    group('heartbeat', { mode: 'ping', frame: 8 }, 'frame'),
    group('heartbeat', { mode: 'ping', pong: 8 }, 'pong'),
    group('heartbeat', { mode: 'ping', probe: 'x' }, 'probe'),
    group('heartbeat', { mode: 'watch', probe: 1 }, 'probe'),
    group('reconnect', { baseDelayMs: '500' }, 'baseDelayMs'),
    group('reconnect', { baseDelayMs: Infinity, maxDelayMs: Infinity }, 'baseDelayMs'),
    group('reconnect', { baseDelayMs: 500, maxDelayMs: 400 }, 'maxDelayMs'),
    group('reconnect', { maxDelayMs: NaN, baseDelayMs: 1 }, 'maxDelayMs'),
    group('reconnect', { delayMs: 0 }, 'delayMs'),
    group('reconnect', { maxAttempts: 0 }, 'maxAttempts'),
    group('reconnect', { maxAttempts: 2.5 }, 'maxAttempts'),
    ['classifyClose', { classifyClose: [] }],
    ['onOpen', { onOpen: 'hello' }],
    ['onOpen', { onOpen: [{ type: 'hello' }] }],
    group('outbox', { capacity: 0 }, 'capacity'),
    group('outbox', { maxBytes: -1 }, 'maxBytes'),
    group('outbox', { maxAgeMs: 0 }, 'maxAgeMs'),
    group('outbox', { overflow: 'dropNewest' }, 'overflow'),
    ['flush', { flush: 'raf' }],
    ['flush', { flush: 16 }],
    ['flush', { flush: null }],
    ['flushBudgetMs', { flushBudgetMs: 0 }],
    ['conflate', { conflate: 1 }],
    ['splitFrames', { splitFrames: 'lines' }],
    group('flush', { everyMs: 0 }, 'everyMs'),
    ['protocol', { protocol: {} }],
    ['protocol', { protocol: null }],
    ['maxFrameBytes', { maxFrameBytes: '1MB' }],
    group('env', { clok: {} }, 'clok'),
  ])('names %s: %j', (option, options) => {
    const error = failureOf({ url: URL, ...options })
    expect(error.details.option).toBe(option)
    expect(error.message).toContain(`"${option}"`)
    expect(error.details.expected).not.toBe('')
  })

  it('says what was expected and what came', () => {
    expect(failureOf({ url: URL, reconnect: { maxAttempts: -2 } }).message).toBe(
      'Option "reconnect.maxAttempts" must be a whole number of at least 1, or Infinity, received -2.',
    )
  })

  it.each([[undefined], [null], ['wss://example.test'], [[]]])('rejects %j in place of the options', (options) => {
    expect(failureOf(options as object | undefined).details.option).toBe('options')
  })

  it.each([
    ['recconect', { recconect: {} }, 'reconnect'],
    ['URL', { URL }, 'url'],
    ['websocket', { websocket: class {} }, 'webSocket'],
    ['heartbeat.interval', { heartbeat: { mode: 'reply', interval: 5 } }, 'intervalMs'],
    ['outbox.capasity', { outbox: { capasity: 5 } }, 'capacity'],
    ['auth.tokne', { auth: { tokne: 'secret' } }, 'token'],
    ['toString', { toString: 1 }, undefined],
    ['somethingElse', { somethingElse: 1 }, undefined],
  ])('rejects the unknown option %s', (option, options, meant) => {
    const error = failureOf({ url: URL, ...options })
    expect(error.details.option).toBe(option)
    expect(error.message).toContain(meant === undefined ? 'known are' : `did you mean "${meant}"?`)
  })

  it('rejects an option that belongs to another heartbeat mode', () => {
    const error = failureOf({ url: URL, heartbeat: { mode: 'watch', frame: 'ping' } })
    expect(error.details.option).toBe('heartbeat.frame')
  })

  it.each<readonly [what: string, options: object]>([
    ['a token in place of its provider', { url: URL, auth: { token: 'secret' } }],
    ['a token in place of auth', { url: URL, auth: 'secret' }],
    ['a token under a misspelt name', { url: URL, auth: { tokne: 'secret' } }],
    ['a token in a URL', { url: ['wss://example.test?token=secret'] }],
    ['a token in a subprotocol', { url: URL, protocols: ['Bearer secret'] }],
    ['a token in a frame', { url: URL, onOpen: 'secret' }],
  ])('does not show %s', (_, options) => {
    const error = failureOf(options)
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('secret')
  })
})
