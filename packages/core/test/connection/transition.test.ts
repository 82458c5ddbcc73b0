import { describe, expect, it } from 'vitest'
import {
  initialMachine,
  transition,
  type ConnectionEffect,
  type ConnectionEvent,
  type Context,
  type Machine,
} from '../../src/connection/transition.ts'

const AT = 1_000_000
const context: Context = {
  at: AT,
  roll: 0.5,
  online: true,
  auth: true,
  reconnect: { baseDelayMs: 1_000, maxDelayMs: 15_000, maxAttempts: 3 },
}

const at = (overrides: Partial<Machine> & Pick<Machine, 'state'>): Machine => ({ ...initialMachine(0), ...overrides })
const young = { since: AT - 100, attempt: 1 }

const machines = {
  idle: initialMachine(0),
  preparing: at({ state: { status: 'preparing', ...young } }),
  'preparing attempt 3': at({ state: { status: 'preparing', ...young, attempt: 3 }, failures: 2 }),
  connecting: at({ state: { status: 'connecting', ...young } }),
  'connecting for 4 s': at({ state: { status: 'connecting', since: AT - 4_000, attempt: 1 } }),
  authenticating: at({ state: { status: 'authenticating', ...young } }),
  'authenticating after a refusal': at({ state: { status: 'authenticating', ...young }, refused: true }),
  recovering: at({ state: { status: 'recovering', ...young } }),
  open: at({ state: { status: 'open', since: AT - 9_000, attempt: 0 } }),
  'open after failures': at({ state: { status: 'open', ...young, attempt: 2 }, failures: 5 }),
  'open after a refusal': at({ state: { status: 'open', ...young }, refused: true }),
  waiting: at({ state: { status: 'waiting', ...young, attempt: 2, reason: 'closed', nextRetryAt: AT + 5_000 } }),
  'waiting, hurried': at({
    state: { status: 'waiting', ...young, attempt: 2, reason: 'closed', nextRetryAt: AT + 5_000 },
    hurriedAt: AT - 999,
  }),
  'waiting, almost due': at({
    state: { status: 'waiting', ...young, attempt: 2, reason: 'closed', nextRetryAt: AT + 100 },
  }),
  'waiting, busy': at({ state: { status: 'waiting', ...young, reason: 'busy', nextRetryAt: AT + 30_000 } }),
  'suspended, kept': at({ state: { status: 'suspended', since: 0, attempt: 0, reason: 'frozen', kept: true } }),
  'suspended, frozen': at({ state: { status: 'suspended', since: 0, attempt: 2, reason: 'frozen', kept: false } }),
  'suspended, hidden': at({ state: { status: 'suspended', since: 0, attempt: 0, reason: 'hidden', kept: false } }),
  failed: at({ state: { status: 'failed', since: 0, attempt: 3, reason: 'exhausted' }, failures: 3, refused: true }),
  closed: at({ state: { status: 'closed', since: 0, attempt: 0, reason: 'requested' }, failures: 3 }),
  disposed: at({ state: { status: 'closed', since: 0, attempt: 0, reason: 'disposed' } }),
} satisfies Record<string, Machine>

const events = {
  connect: { type: 'connect' },
  retryNow: { type: 'retryNow' },
  renew: { type: 'renew' },
  disconnect: { type: 'disconnect', reason: 'requested' },
  dispose: { type: 'disconnect', reason: 'disposed' },
  prepared: { type: 'prepared' },
  'provider failed': { type: 'providerFailed', final: false },
  'provider failed for good': { type: 'providerFailed', final: true },
  opened: { type: 'opened' },
  accepted: { type: 'accepted' },
  'accepted, session to come': { type: 'accepted', recover: true },
  recovered: { type: 'recovered' },
  refused: { type: 'refused' },
  lost: { type: 'lost', reason: 'heartbeat', verdict: { action: 'retry' } },
  'lost with penalty': { type: 'lost', reason: 'closed', verdict: { action: 'retry', penalty: 2 }, code: 1011 },
  'lost, fatal': { type: 'lost', reason: 'closed', verdict: { action: 'fatal' }, code: 4403 },
  'lost, token expired': { type: 'lost', reason: 'closed', verdict: { action: 'refreshAuth' }, code: 4401 },
  'lost, busy': { type: 'lost', reason: 'closed', verdict: { action: 'retryLater', afterMs: 30_000 }, code: 1013 },
  'lost, restarting': {
    type: 'lost',
    reason: 'closed',
    verdict: { action: 'retryLater', afterMs: 1_000, spreadMs: 20_000 },
  },
  'retry due': { type: 'retryDue' },
  useful: { type: 'useful' },
  wake: { type: 'wake' },
  offline: { type: 'offline' },
  freeze: { type: 'suspend', reason: 'frozen' },
  hide: { type: 'suspend', reason: 'hidden' },
} satisfies Record<string, ConnectionEvent>

type MachineName = keyof typeof machines
type EventName = keyof typeof events

const CLOSE = 'closed (requested) | abandon'
const DISPOSE = 'closed (disposed) | abandon'
const LINK_LOST = {
  'lost, fatal': 'failed 1 (fatal 4403) | abandon',
  'lost, token expired': 'preparing 1 (auth) | abandon, prepare refused',
  'lost, busy': 'waiting 2 (busy) in 31500 | abandon, retry in 31500',
  'lost, restarting': 'waiting 2 (busy) in 11000 | abandon, retry in 11000',
}
const SUSPEND = {
  freeze: 'suspended 1 (frozen) | abandon',
  hide: 'suspended 1 (hidden) | abandon',
}
const ENDS = { disconnect: CLOSE, dispose: DISPOSE }

/** What happens, by state and event. Every pair that is not listed is ignored. */
const table: { readonly [Name in MachineName]: { readonly [Name in EventName]?: string } } = {
  idle: {
    connect: 'preparing 1 | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
  },
  preparing: {
    ...ENDS,
    ...SUSPEND,
    prepared: 'connecting 1 | open',
    'provider failed': 'waiting 2 (provider) in 1000 | abandon, retry in 1000',
    'provider failed for good': 'failed 1 (auth) | abandon',
  },
  'preparing attempt 3': {
    ...ENDS,
    prepared: 'connecting 3 | open',
    'provider failed': 'failed 3 (exhausted) | abandon',
    'provider failed for good': 'failed 3 (auth) | abandon',
    freeze: 'suspended 3 (frozen) | abandon',
    hide: 'suspended 3 (hidden) | abandon',
  },
  connecting: {
    ...ENDS,
    ...LINK_LOST,
    ...SUSPEND,
    opened: 'authenticating 1 | authenticate',
    lost: 'waiting 2 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 2 (closed) in 2250 | abandon, retry in 2250',
  },
  'connecting for 4 s': {
    ...ENDS,
    ...LINK_LOST,
    ...SUSPEND,
    opened: 'authenticating 1 | authenticate',
    lost: 'waiting 2 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 2 (closed) in 2250 | abandon, retry in 2250',
    wake: 'preparing 1 | abandon, prepare',
  },
  authenticating: {
    ...ENDS,
    ...LINK_LOST,
    ...SUSPEND,
    accepted: 'open 1 | serve',
    'accepted, session to come': 'recovering 1 | recover',
    refused: 'preparing 1 (auth) | abandon, prepare refused',
    lost: 'waiting 2 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 2 (closed) in 2250 | abandon, retry in 2250',
  },
  'authenticating after a refusal': {
    ...ENDS,
    ...LINK_LOST,
    ...SUSPEND,
    accepted: 'open 1 | serve',
    'accepted, session to come': 'recovering 1 | recover',
    refused: 'failed 1 (auth) | abandon',
    lost: 'waiting 2 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 2 (closed) in 2250 | abandon, retry in 2250',
    'lost, token expired': 'failed 1 (auth) | abandon',
  },
  recovering: {
    renew: 'preparing 1 | abandon, prepare',
    ...ENDS,
    ...LINK_LOST,
    ...SUSPEND,
    recovered: 'open 1 | serve',
    refused: 'preparing 1 (auth) | abandon, prepare refused',
    lost: 'waiting 2 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 2 (closed) in 2250 | abandon, retry in 2250',
  },
  open: {
    renew: 'preparing 1 | abandon, prepare',
    ...ENDS,
    refused: 'preparing 1 (auth) | abandon, prepare refused',
    lost: 'waiting 1 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 1 (closed) in 2250 | abandon, retry in 2250',
    'lost, fatal': 'failed 0 (fatal 4403) | abandon',
    'lost, token expired': 'preparing 1 (auth) | abandon, prepare refused',
    'lost, busy': 'waiting 1 (busy) in 31500 | abandon, retry in 31500',
    'lost, restarting': 'waiting 1 (busy) in 11000 | abandon, retry in 11000',
    useful: 'same',
    wake: 'same | checkLink',
    offline: 'same | checkLink',
    freeze: 'suspended 0 (frozen) kept',
    hide: 'suspended 0 (hidden) | abandon',
  },
  'open after failures': {
    renew: 'preparing 2 | abandon, prepare',
    ...ENDS,
    refused: 'preparing 2 (auth) | abandon, prepare refused',
    lost: 'waiting 3 (heartbeat) in 7750 | abandon, retry in 7750',
    'lost with penalty': 'waiting 3 (closed) in 7750 | abandon, retry in 7750',
    'lost, fatal': 'failed 2 (fatal 4403) | abandon',
    'lost, token expired': 'preparing 2 (auth) | abandon, prepare refused',
    'lost, busy': 'waiting 3 (busy) in 31500 | abandon, retry in 31500',
    'lost, restarting': 'waiting 3 (busy) in 11000 | abandon, retry in 11000',
    useful: 'open 0',
    wake: 'same | checkLink',
    offline: 'same | checkLink',
    freeze: 'suspended 2 (frozen) kept',
    hide: 'suspended 2 (hidden) | abandon',
  },
  'open after a refusal': {
    renew: 'preparing 1 | abandon, prepare refused',
    ...ENDS,
    ...LINK_LOST,
    ...SUSPEND,
    refused: 'failed 1 (auth) | abandon',
    lost: 'waiting 2 (heartbeat) in 1000 | abandon, retry in 1000',
    'lost with penalty': 'waiting 2 (closed) in 2250 | abandon, retry in 2250',
    'lost, token expired': 'failed 1 (auth) | abandon',
    useful: 'open 0',
    wake: 'same | checkLink',
    offline: 'same | checkLink',
    freeze: 'suspended 1 (frozen) kept',
  },
  waiting: {
    connect: 'preparing 2 (closed) | prepare',
    retryNow: 'preparing 2 (closed) | prepare',
    'retry due': 'preparing 2 (closed) | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
    wake: 'waiting 2 (closed) in 150 | retry in 150',
    freeze: 'suspended 2 (frozen) | abandon',
    hide: 'suspended 2 (hidden) | abandon',
  },
  'waiting, hurried': {
    connect: 'preparing 2 (closed) | prepare',
    retryNow: 'preparing 2 (closed) | prepare',
    'retry due': 'preparing 2 (closed) | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
    freeze: 'suspended 2 (frozen) | abandon',
    hide: 'suspended 2 (hidden) | abandon',
  },
  'waiting, almost due': {
    connect: 'preparing 2 (closed) | prepare',
    retryNow: 'preparing 2 (closed) | prepare',
    'retry due': 'preparing 2 (closed) | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
    freeze: 'suspended 2 (frozen) | abandon',
    hide: 'suspended 2 (hidden) | abandon',
  },
  'waiting, busy': {
    ...SUSPEND,
    connect: 'preparing 1 (busy) | prepare',
    retryNow: 'preparing 1 (busy) | prepare',
    'retry due': 'preparing 1 (busy) | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
  },
  'suspended, kept': {
    ...ENDS,
    connect: 'open 0 | resume',
    retryNow: 'open 0 | resume',
    wake: 'open 0 | resume',
    refused: 'preparing 1 (auth) | abandon, prepare refused',
    lost: 'suspended 0 (frozen) | abandon',
    'lost with penalty': 'suspended 0 (frozen) | abandon',
    'lost, fatal': 'suspended 0 (frozen) | abandon',
    'lost, token expired': 'suspended 0 (frozen) | abandon',
    'lost, busy': 'suspended 0 (frozen) | abandon',
    'lost, restarting': 'suspended 0 (frozen) | abandon',
    hide: 'suspended 0 (hidden) | abandon',
  },
  'suspended, frozen': {
    connect: 'preparing 2 | prepare',
    retryNow: 'preparing 2 | prepare',
    wake: 'preparing 2 | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
    hide: 'suspended 2 (hidden) | abandon',
  },
  'suspended, hidden': {
    connect: 'preparing 1 | prepare',
    retryNow: 'preparing 1 | prepare',
    wake: 'preparing 1 | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
  },
  failed: {
    connect: 'preparing 1 | prepare',
    retryNow: 'preparing 1 | prepare',
    disconnect: 'closed (requested)',
    dispose: 'closed (disposed)',
  },
  closed: {
    connect: 'preparing 1 | prepare',
    dispose: 'closed (disposed)',
  },
  disposed: {},
}

function describeMachine({ state }: Machine): string {
  const { status, attempt } = state
  if (status === 'closed') return `closed (${state.reason})`
  const reason = 'reason' in state && state.reason ? ` (${state.reason}${codeOf(state)})` : ''
  const due = status === 'waiting' ? ` in ${state.nextRetryAt - AT}` : ''
  return `${status} ${attempt}${reason}${due}${status === 'suspended' && state.kept ? ' kept' : ''}`
}

const codeOf = (state: Machine['state']): string => ('code' in state ? ` ${state.code}` : '')

function describeEffect(effect: ConnectionEffect): string {
  if (effect.type === 'scheduleRetry') return `retry in ${effect.delayMs}`
  return effect.type === 'prepare' && effect.refused ? 'prepare refused' : effect.type
}

function describeStep(before: Machine, [after, effects]: readonly [Machine, readonly ConnectionEffect[]]): string {
  const outcome = after.state === before.state ? 'same' : describeMachine(after)
  return [outcome, effects.map(describeEffect).join(', ')].filter((part) => part !== '').join(' | ')
}

describe('transition', () => {
  for (const [machineName, machine] of Object.entries(machines) as [MachineName, Machine][]) {
    for (const [eventName, event] of Object.entries(events) as [EventName, ConnectionEvent][]) {
      const expected = table[machineName][eventName]
      it(`${machineName} + ${eventName}: ${expected ?? 'ignored'}`, () => {
        const step = transition(machine, event, context)
        const [{ state }] = step
        if (expected === undefined) expect(step).toEqual([machine, []])
        else expect(describeStep(machine, step)).toBe(expected)
        if (state.status !== machine.state.status) expect(state.since).toBe(AT)
      })
    }
  }

  it('opens without authenticating when there is no auth', () => {
    const step = transition(machines.connecting, events.opened, { ...context, auth: false })
    expect(describeStep(machines.connecting, step)).toBe('open 1 | serve')
  })

  it('retries on an expired token when there is no auth to refresh', () => {
    const step = transition(machines.open, events['lost, token expired'], { ...context, auth: false })
    expect(describeStep(machines.open, step)).toBe('waiting 1 (closed) in 1000 | abandon, retry in 1000')
  })

  it('gives up at the first loss when reconnect is off', () => {
    const step = transition(machines.open, events.lost, { ...context, reconnect: undefined })
    expect(describeStep(machines.open, step)).toBe('failed 0 (exhausted) | abandon')
  })

  it('halves the failures with each useful second and forgets the refusal', () => {
    const machine = { ...machines['open after failures'], refused: true }
    const [once] = transition(machine, events.useful, context)
    const [twice] = transition(once, events.useful, context)
    const [thrice] = transition(twice, events.useful, context)
    expect([once, twice, thrice].map(({ failures }) => failures)).toEqual([2, 1, 0])
    expect(once.refused).toBe(false)
  })

  it('counts each loss, and a penalty on top', () => {
    expect(transition(machines.open, events.lost, context)[0].failures).toBe(1)
    expect(transition(machines.open, events['lost with penalty'], context)[0].failures).toBe(3)
  })

  it('starts over with no failures and no refusal after failed', () => {
    expect(transition(machines.failed, events.connect, context)[0]).toMatchObject({ failures: 0, refused: false })
  })
})
