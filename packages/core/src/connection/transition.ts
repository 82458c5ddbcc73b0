import type { CloseVerdict } from '../protocol/close-codes.ts'
import { backoffDelay, type BackoffPolicy } from './backoff.ts'
import type { ConnectionState, Reason } from './state.ts'

/** The public state, and what the next decisions need besides. */
export interface Machine {
  readonly state: ConnectionState
  /** Failures that count for the wait: one more each time, halved by each useful second. */
  readonly failures: number
  /** The server refused the last token: ask for a new one; if that is refused too, give up. */
  readonly refused: boolean
  /** When a refused token was last replaced at once; a second one within a minute waits like any other retry. */
  readonly refreshedAt: number
  /** The server asked not to come back before then. */
  readonly notBefore: number
  /** When a signal last hurried an attempt; a second one within a second is ignored. */
  readonly hurriedAt: number
}

export type ConnectionEvent =
  /** `renew`: another link in place of this one, which has done nothing wrong. */
  | { readonly type: 'connect' | 'retryNow' | 'renew' }
  | { readonly type: 'disconnect'; readonly reason: 'requested' | 'disposed' }
  | { readonly type: 'prepared' }
  /** `final`: an empty token in answer to a refusal, which no retry can mend. */
  | { readonly type: 'providerFailed'; readonly final: boolean }
  /** `recover`: the server keeps sessions, and has yet to say what is left of ours. */
  | { readonly type: 'opened' | 'accepted'; readonly recover?: boolean }
  | { readonly type: 'refused' | 'recovered' }
  | { readonly type: 'lost'; readonly reason: Reason; readonly verdict: CloseVerdict; readonly code?: number }
  | { readonly type: 'retryDue' }
  /** The connection was of use for another second. */
  | { readonly type: 'useful' }
  /** The page or the network came back: a good moment to try, or to check. */
  | { readonly type: 'wake' }
  | { readonly type: 'offline' }
  | { readonly type: 'suspend'; readonly reason: 'frozen' | 'hidden' }

export type ConnectionEffect =
  /** Ask the providers; `refused` goes to the token provider. */
  | { readonly type: 'prepare'; readonly refused: boolean }
  | { readonly type: 'open' }
  | { readonly type: 'authenticate' }
  /** Wait for the session, and no longer than for a link to open. */
  | { readonly type: 'recover' }
  /** The connection is usable: send what waits, watch the link. */
  | { readonly type: 'serve' }
  /** Watch the link again after a pause, starting with a check. */
  | { readonly type: 'resume' }
  | { readonly type: 'checkLink' }
  | { readonly type: 'scheduleRetry'; readonly delayMs: number }
  /** Drop the link without waiting for its close event. */
  | { readonly type: 'abandon' }

export interface Context {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** A number in [0, 1). */
  readonly roll: number
  readonly online: boolean
  readonly auth: boolean
  readonly reconnect: (BackoffPolicy & { readonly maxAttempts: number }) | undefined
}

export type Step = readonly [machine: Machine, effects: readonly ConnectionEffect[]]

const HURRY_GAP_MS = 1_000
const HURRY_SPREAD_MS = 300
const REFRESH_GAP_MS = 60_000
const STUCK_CONNECTING_MS = 3_000
const BUSY_SPREAD_SHARE = 0.1

const NOTHING_HAPPENED = {
  failures: 0,
  refused: false,
  refreshedAt: -Infinity,
  notBefore: -Infinity,
  hurriedAt: -Infinity,
}

export function initialMachine(at: number): Machine {
  return { state: { status: 'idle', since: at, attempt: 0 }, ...NOTHING_HAPPENED }
}

/** The whole lifecycle of a connection. Pure: time, chance and the network are in `event` and `context`. */
export function transition(machine: Machine, event: ConnectionEvent, context: Context): Step {
  const { state } = machine
  if (state.status === 'closed' && state.reason === 'disposed') return stay(machine)
  switch (event.type) {
    case 'connect':
      return connect(machine, context)
    case 'retryNow':
      // After an intended disconnect or before the first connect there is nothing to retry.
      return state.status === 'idle' || state.status === 'closed' ? stay(machine) : connect(machine, context)
    case 'renew':
      return state.status === 'open' || state.status === 'recovering' ? prepare(machine, context) : stay(machine)
    case 'disconnect':
      return disconnect(machine, event.reason, context)
    case 'prepared':
      return state.status === 'preparing' ? [enter(machine, 'connecting', context), [{ type: 'open' }]] : stay(machine)
    case 'providerFailed':
      if (state.status !== 'preparing') return stay(machine)
      return event.final ? fail(machine, { reason: 'auth' }, context) : retry(machine, { reason: 'provider' }, context)
    case 'opened':
      if (state.status !== 'connecting') return stay(machine)
      if (!context.auth) return admitted(machine, event, context)
      return [enter(machine, 'authenticating', context), [{ type: 'authenticate' }]]
    case 'accepted':
      return state.status === 'authenticating' ? admitted(machine, event, context) : stay(machine)
    case 'recovered':
      return state.status === 'recovering' ? serve(machine, context) : stay(machine)
    case 'refused':
      return hasLink(state) && state.status !== 'connecting' ? refreshAuth(machine, context) : stay(machine)
    case 'lost':
      return hasLink(state) ? lost(machine, event, context) : stay(machine)
    case 'retryDue':
      return state.status === 'waiting' ? prepare(machine, context) : stay(machine)
    case 'useful':
      return useful(machine)
    case 'wake':
      return wake(machine, context)
    case 'offline':
      return state.status === 'open' ? [machine, [{ type: 'checkLink' }]] : stay(machine)
    case 'suspend':
      return suspend(machine, event.reason, context)
    default:
      event satisfies never
      return stay(machine)
  }
}

function admitted(machine: Machine, { recover = false }: { readonly recover?: boolean }, context: Context): Step {
  return recover ? [enter(machine, 'recovering', context), [{ type: 'recover' }]] : serve(machine, context)
}

function serve(machine: Machine, context: Context): Step {
  return [enter(machine, 'open', context), [{ type: 'serve' }]]
}

function stay(machine: Machine): Step {
  return [machine, []]
}

function hasLink(state: ConnectionState): boolean {
  switch (state.status) {
    case 'connecting':
    case 'authenticating':
    case 'recovering':
    case 'open':
      return true
    case 'suspended':
      return state.kept
    default:
      return false
  }
}

function enter(
  machine: Machine,
  status: 'connecting' | 'authenticating' | 'recovering' | 'open',
  { at }: Context,
): Machine {
  const { state } = machine
  const base = { since: at, attempt: state.attempt }
  if (status === 'open') return { ...machine, state: { status, ...base } }
  return { ...machine, state: { status, ...base, ...reasonOf(state) } }
}

function reasonOf(state: ConnectionState): { reason?: Reason } {
  const carries = state.status === 'preparing' || state.status === 'connecting' || state.status === 'waiting'
  return carries && state.reason ? { reason: state.reason } : {}
}

/** Starts an attempt, dropping the link of the one before, if any. */
function prepare(machine: Machine, { at }: Context, reason: { reason?: Reason } = reasonOf(machine.state)): Step {
  const { state, refused } = machine
  const next = { status: 'preparing', since: at, attempt: Math.max(1, state.attempt), ...reason } as const
  const ask = { type: 'prepare', refused } as const
  return [{ ...machine, state: next }, hasLink(state) ? [{ type: 'abandon' }, ask] : [ask]]
}

function connect(machine: Machine, context: Context): Step {
  switch (machine.state.status) {
    case 'idle':
    case 'closed':
    case 'failed': {
      return prepare(initialMachine(context.at), context)
    }
    case 'waiting':
      return prepare(machine, context)
    case 'suspended':
      return returnToPage({ ...machine, notBefore: -Infinity }, context)
    default:
      return stay(machine)
  }
}

function disconnect(machine: Machine, reason: 'requested' | 'disposed', { at }: Context): Step {
  const { state } = machine
  if (state.status === 'closed' && reason === 'requested') return stay(machine)
  const closed: Machine = { ...machine, state: { status: 'closed', since: at, attempt: 0, reason } }
  // Preparing has no link yet, but an attempt whose providers are to be told that nobody waits for them.
  return [closed, hasLink(state) || state.status === 'preparing' ? [{ type: 'abandon' }] : []]
}

function refreshAuth(machine: Machine, context: Context): Step {
  if (machine.refused) return fail(machine, { reason: 'auth' }, context)
  const { at } = context
  const again = at >= machine.refreshedAt && at - machine.refreshedAt < REFRESH_GAP_MS
  if (again) return retry({ ...machine, refused: true }, { reason: 'auth' }, context)
  return prepare({ ...machine, refused: true, refreshedAt: at }, context, { reason: 'auth' })
}

function lost(machine: Machine, event: ConnectionEvent & { type: 'lost' }, context: Context): Step {
  const { verdict, reason, code } = event
  if (machine.state.status === 'suspended') {
    // A frozen page may not start anything; it finds out on return.
    return [{ ...machine, state: { ...machine.state, kept: false } }, [{ type: 'abandon' }]]
  }
  switch (verdict.action) {
    case 'fatal':
      return fail(machine, code === undefined ? { reason: 'fatal' } : { reason: 'fatal', code }, context)
    case 'refreshAuth':
      return context.auth ? refreshAuth(machine, context) : retry(machine, { reason }, context)
    case 'retryLater':
      return retry(machine, { reason: 'busy', afterMs: verdict.afterMs, spreadMs: verdict.spreadMs }, context)
    case 'retry':
      return retry(machine, { reason, penalty: verdict.penalty }, context)
    default:
      verdict satisfies never
      return stay(machine)
  }
}

interface Failure {
  readonly reason: Reason
  readonly afterMs?: number
  readonly spreadMs?: number | undefined
  readonly penalty?: number | undefined
}

function retry(machine: Machine, { reason, afterMs, spreadMs, penalty = 0 }: Failure, context: Context): Step {
  const { at, roll, online, reconnect } = context
  const attempt = machine.state.attempt + 1
  if (!reconnect || attempt > reconnect.maxAttempts) return fail(machine, { reason: 'exhausted' }, context)
  const failures = machine.failures + penalty
  const delayMs =
    afterMs === undefined
      ? backoffDelay(reconnect, { failures, attempt, roll, online })
      : afterMs + roll * (spreadMs ?? afterMs * BUSY_SPREAD_SHARE)
  const state = { status: 'waiting', since: at, attempt, reason, nextRetryAt: at + delayMs } as const
  const effects: readonly ConnectionEffect[] = [{ type: 'abandon' }, { type: 'scheduleRetry', delayMs }]
  const notBefore = afterMs === undefined ? machine.notBefore : at + delayMs
  return [{ ...machine, state, failures: failures + 1, notBefore }, effects]
}

type FailedReason = Extract<ConnectionState, { status: 'failed' }>['reason']

function fail(machine: Machine, cause: { reason: FailedReason; code?: number }, { at }: Context): Step {
  const state = { status: 'failed', since: at, attempt: machine.state.attempt, ...cause } as const
  return [{ ...machine, state }, [{ type: 'abandon' }]]
}

function useful(machine: Machine): Step {
  const { state, failures } = machine
  if (state.status !== 'open') return stay(machine)
  // Halved, not cleared: a link that flaps every few seconds is tried often, one that dies at once is not.
  const calmer = { ...machine, failures: Math.floor(failures / 2), refused: false }
  return [state.attempt === 0 ? calmer : { ...calmer, state: { ...state, attempt: 0 } }, []]
}

function wake(machine: Machine, context: Context): Step {
  const { state } = machine
  const { at, roll } = context
  if (state.status === 'open') return [machine, [{ type: 'checkLink' }]]
  if (state.status === 'suspended') return returnToPage(machine, context)
  // The wall clock may have been set back since.
  if (at >= machine.hurriedAt && at - machine.hurriedAt < HURRY_GAP_MS) return stay(machine)
  if (state.status === 'connecting' && at - state.since > STUCK_CONNECTING_MS) {
    return prepare({ ...machine, hurriedAt: at }, context)
  }
  // The server asked for time: only the user may overrule that.
  if (state.status !== 'waiting' || state.reason === 'busy') return stay(machine)
  const delayMs = roll * HURRY_SPREAD_MS
  if (at + delayMs >= state.nextRetryAt) return stay(machine)
  const hurried = { ...state, nextRetryAt: at + delayMs }
  return [{ ...machine, state: hurried, hurriedAt: at }, [{ type: 'scheduleRetry', delayMs }]]
}

function suspend(machine: Machine, reason: 'frozen' | 'hidden', { at }: Context): Step {
  const { state } = machine
  if (state.status === 'idle' || state.status === 'failed' || state.status === 'closed') return stay(machine)
  if (state.status === 'suspended' && (reason === 'frozen' || state.reason === 'hidden')) return stay(machine)
  // A page with an open socket cannot enter the back/forward cache in every browser, so it is closed on hiding;
  // a frozen page keeps its socket, which the browser may well hold open.
  const kept = reason === 'frozen' && state.status === 'open'
  const suspended = { status: 'suspended', since: at, attempt: state.attempt, reason, kept } as const
  return [{ ...machine, state: suspended }, kept ? [] : [{ type: 'abandon' }]]
}

function returnToPage(machine: Machine, context: Context): Step {
  const { state, notBefore } = machine
  const { at } = context
  if (state.status === 'suspended' && state.kept) return [enter(machine, 'open', context), [{ type: 'resume' }]]
  if (at >= notBefore) return prepare(machine, context)
  const waiting = {
    status: 'waiting',
    since: at,
    attempt: state.attempt,
    reason: 'busy',
    nextRetryAt: notBefore,
  } as const
  return [{ ...machine, state: waiting }, [{ type: 'scheduleRetry', delayMs: notBefore - at }]]
}
