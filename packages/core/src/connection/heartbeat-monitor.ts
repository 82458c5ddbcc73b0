import type { Clock } from '../env/clock.ts'
import {
  countBeat,
  judge,
  learntInterval,
  noBeats,
  type Beats,
  type HeartbeatPolicy,
  type Question,
} from './heartbeat.ts'

const OVERSLEPT_MS = 1_000
const CLOCK_GAP_MS = 5_000

export interface MonitorDeps {
  readonly policy: HeartbeatPolicy
  readonly clock: Clock
  readonly bufferedBytes: () => number
  readonly ask: () => void
  readonly dead: () => void
}

/**
 * Watches one open link. Holds one timer, re-armed only when it fires: an inbound frame costs a clock reading, and not even
 * that while there is nothing to watch for.
 */
export class HeartbeatMonitor {
  readonly #deps: MonitorDeps
  #heardAt: number
  #beats: Beats = noBeats
  #question: (Question & { readonly askedAt: number }) | undefined
  #cancel: (() => void) | undefined
  #disposed = false
  /** Queued frames were given time once in this silence; a second time would be for ever where every timer is late. */
  #graced = false
  #latencyMs: number | undefined

  constructor(deps: MonitorDeps) {
    this.#deps = deps
    this.#heardAt = deps.clock.monotonic()
  }

  /** Milliseconds between the last question and its answer. */
  get latencyMs(): number | undefined {
    return this.#latencyMs
  }

  /** Milliseconds since a question was asked that is not answered yet. */
  get unansweredMs(): number {
    return this.#question ? this.#deps.clock.monotonic() - this.#question.askedAt : 0
  }

  /** How long the server has been silent beyond its interval; 0 where only questions tell. */
  get overdueMs(): number {
    const { clock, policy } = this.#deps
    const intervalMs = policy.intervalMs ?? learntInterval(this.#beats)
    if (policy.asks === 'ping' || intervalMs === undefined) return 0
    return Math.max(0, clock.monotonic() - this.#heardAt - intervalMs)
  }

  start({ doubted }: { readonly doubted: boolean }): void {
    this.#check({ overslept: doubted, doubted })
  }

  /** Any frame arrived. */
  heard(): void {
    const watching = this.#cancel !== undefined || this.#question !== undefined
    if (!watching || this.#deps.policy.strict) return
    this.#graced = false
    this.#heardAt = this.#deps.clock.monotonic()
    if (this.#question) this.#settle(this.#heardAt)
  }

  /** The server beat. Returns whether it is to be answered. */
  beat(): boolean {
    const at = this.#deps.clock.monotonic()
    const { beats, counted } = countBeat(this.#beats, { at, timeoutMs: this.#deps.policy.timeoutMs })
    this.#beats = beats
    // With the first gap the interval is known and watching begins.
    if (counted && !this.#cancel) {
      this.#heardAt = at
      this.#check({ overslept: false, doubted: false })
    }
    return counted
  }

  /** The answer to a question arrived. */
  answered(): void {
    this.#graced = false
    this.#heardAt = this.#deps.clock.monotonic()
    if (this.#question) this.#settle(this.#heardAt)
  }

  /** Something suggests that the link may be dead. */
  doubt(): void {
    this.#check({ overslept: true, doubted: true })
  }

  dispose(): void {
    this.#disposed = true
    this.#cancel?.()
  }

  #settle(at: number): void {
    if (this.#question) this.#latencyMs = at - this.#question.askedAt
    this.#question = undefined
    // The timer waits for the answer, which may be due later than the next question.
    this.#check({ overslept: false, doubted: false })
  }

  #check({ overslept, doubted }: { overslept: boolean; doubted: boolean }): void {
    if (this.#disposed) return
    const { clock, policy, bufferedBytes, ask, dead } = this.#deps
    const now = clock.monotonic()
    const judgement = judge(
      { ...policy, intervalMs: policy.intervalMs ?? learntInterval(this.#beats) },
      {
        now,
        heardAt: this.#heardAt,
        question: this.#question,
        bufferedBytes: bufferedBytes(),
        overslept: overslept && !this.#graced,
        doubted,
      },
    )
    switch (judgement.action) {
      case 'wait':
        // A doubt may have brought the answer forward.
        if (this.#question && judgement.untilAt !== undefined) {
          this.#question = { ...this.#question, dueAt: judgement.untilAt }
        }
        return this.#wakeAt(judgement.untilAt)
      case 'grace':
        this.#graced = true
        return this.#wakeAt(judgement.untilAt)
      case 'extend':
        if (this.#question)
          this.#question = { ...this.#question, dueAt: judgement.untilAt, bufferedBytes: bufferedBytes() }
        return this.#wakeAt(judgement.untilAt)
      case 'ask':
        this.#graced = false
        this.#question = { dueAt: judgement.dueAt, bufferedBytes: bufferedBytes(), askedAt: now }
        ask()
        return this.#wakeAt(judgement.dueAt)
      case 'dead':
        return dead()
      default:
        judgement satisfies never
    }
  }

  #wakeAt(dueAt: number | undefined): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (dueAt === undefined || this.#disposed) return
    const { clock } = this.#deps
    const armed = { monotonic: clock.monotonic(), wall: clock.now() }
    this.#cancel = clock.schedule(dueAt - armed.monotonic, () => {
      this.#cancel = undefined
      const lateMs = clock.monotonic() - dueAt
      // A machine that slept may have stopped the monotonic clock; then only the wall clock tells.
      const gapMs = clock.now() - armed.wall - (clock.monotonic() - armed.monotonic)
      this.#check({ overslept: lateMs > OVERSLEPT_MS || gapMs > CLOCK_GAP_MS, doubted: gapMs > CLOCK_GAP_MS })
    })
  }
}
