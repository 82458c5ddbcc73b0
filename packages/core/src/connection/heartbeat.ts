/** What to watch for, and how patiently. */
export interface HeartbeatPolicy {
  /** Silence after which to ask, or after which the timeout starts; undefined while the server's interval is not known. */
  readonly intervalMs: number | undefined
  readonly timeoutMs: number
  /** `ping`: silence is broken by asking. `probe`: only doubt is. `never`: nothing can be asked. */
  readonly asks: 'ping' | 'probe' | 'never'
  /** Only a recognised answer counts as one; otherwise any frame after the question does. */
  readonly strict: boolean
}

/** What is known of a link, in monotonic milliseconds. */
export interface LinkFacts {
  readonly now: number
  /** The last frame, or the opening of the link; with `strict`, the last answer. */
  readonly heardAt: number
  /** An unanswered question. */
  readonly question?: Question | undefined
  /** The answer to a question cannot get through while what was written before it is still on its way. */
  readonly bufferedBytes: number
  /** The page slept: deadlines that passed meanwhile prove nothing yet. False once a grace was given. */
  readonly overslept: boolean
  /** A signal (wake-up, `offline`) asks for a look right now. */
  readonly doubted: boolean
}

export interface Question {
  readonly dueAt: number
  /** Bytes buffered when it was asked, or when it was last extended. */
  readonly bufferedBytes: number
}

export type Judgement =
  /** Look again then; `undefined`: nothing to look for yet. */
  | { readonly action: 'wait'; readonly untilAt: number | undefined }
  /** Send the question; the answer is due then. */
  | { readonly action: 'ask'; readonly dueAt: number }
  /** The answer is late, but the queue before it is moving: give it until then. */
  | { readonly action: 'extend'; readonly untilAt: number }
  /** Frames may be queued behind this very task: look again shortly. */
  | { readonly action: 'grace'; readonly untilAt: number }
  | { readonly action: 'dead' }

/** How long frames get to arrive after the page was asleep, before the link is judged. */
export const GRACE_MS = 1_000
const DOUBT_TIMEOUT_MS = 5_000

/** Decides what to do about a link. Pure. */
export function judge(policy: HeartbeatPolicy, facts: LinkFacts): Judgement {
  const { now, question, overslept, doubted } = facts
  if (question) {
    const dueAt = doubted ? Math.min(question.dueAt, now + DOUBT_TIMEOUT_MS) : question.dueAt
    if (now < dueAt) return { action: 'wait', untilAt: dueAt }
    if (overslept) return { action: 'grace', untilAt: now + GRACE_MS }
    const moving = facts.bufferedBytes < question.bufferedBytes
    return moving ? { action: 'extend', untilAt: now + policy.timeoutMs } : { action: 'dead' }
  }
  if (doubted && policy.asks !== 'never')
    return { action: 'ask', dueAt: now + Math.min(DOUBT_TIMEOUT_MS, policy.timeoutMs) }
  if (policy.intervalMs === undefined) return { action: 'wait', untilAt: undefined }
  const patienceMs = policy.asks === 'ping' ? policy.intervalMs : policy.intervalMs + policy.timeoutMs
  const deadlineAt = facts.heardAt + patienceMs
  if (now < deadlineAt) return { action: 'wait', untilAt: deadlineAt }
  if (overslept) return { action: 'grace', untilAt: now + GRACE_MS }
  if (policy.asks === 'never') return { action: 'dead' }
  return {
    action: 'ask',
    dueAt: now + (policy.asks === 'ping' ? policy.timeoutMs : Math.min(DOUBT_TIMEOUT_MS, policy.timeoutMs)),
  }
}

const GAPS_KEPT = 3
const SHORTEST_GAP_MS = 1_000

/** The server's beats, as far as they are remembered. */
export interface Beats {
  readonly lastAt: number | undefined
  readonly gapsMs: readonly number[]
}

export const noBeats: Beats = { lastAt: undefined, gapsMs: [] }

/**
 * Takes in a beat. One that comes within a second of the last is not counted and not answered: it may be an echo of our
 * own answer, and two sides that answer each other's answers never stop.
 * A gap beyond the learnt interval and the timeout is not learnt from.
 */
export function countBeat(
  { lastAt, gapsMs }: Beats,
  { at, timeoutMs }: { readonly at: number; readonly timeoutMs: number },
): { readonly beats: Beats; readonly counted: boolean } {
  if (lastAt === undefined) return { beats: { lastAt: at, gapsMs }, counted: true }
  if (at - lastAt < SHORTEST_GAP_MS) return { beats: { lastAt, gapsMs }, counted: false }
  // The machine slept, and the link outlived it: that says nothing about the server's interval.
  if (gapsMs.length > 0 && at - lastAt > Math.max(...gapsMs) + timeoutMs)
    return { beats: { lastAt: at, gapsMs }, counted: true }
  return { beats: { lastAt: at, gapsMs: [...gapsMs, at - lastAt].slice(-GAPS_KEPT) }, counted: true }
}

/** The server's interval: the largest of the last gaps, undefined before the second beat. */
export function learntInterval({ gapsMs }: Beats): number | undefined {
  return gapsMs.length > 0 ? Math.max(...gapsMs) : undefined
}
