import type { Clock } from '../env/clock.ts'
import { countBeat, judge, noBeats, type Beats, type HeartbeatPolicy, type Question } from './heartbeat.ts'
import { heartbeatPolicy } from './heartbeat-policy.ts'
import type { ResolvedHeartbeat } from './policy.ts'
import { judgeQuality, type Quality } from './quality.ts'

const OVERSLEPT_MS = 1_000
const CLOCK_GAP_MS = 5_000
const SECOND_MS = 1_000
const SILENT_SECONDS = 10

/** What is watched. */
export interface WatchedLink {
  readonly bufferedBytes: number
  /** Makes the server answer. */
  ask(heartbeat: ResolvedHeartbeat | undefined): void
  dead(): void
  /** Another useful second; returns whether the next one matters too. */
  useful(): boolean
}

/**
 * Watches one link while it is open: is it alive, is it of use, is it quick. Holds one timer for life and death, re-armed only
 * when it fires: an inbound frame costs a clock reading, and not even that while there is nothing to watch for.
 */
export class LinkWatch {
  readonly #link: WatchedLink
  readonly #clock: Clock
  readonly #heartbeat: ResolvedHeartbeat | undefined
  #policy: HeartbeatPolicy
  #beats: Beats = noBeats
  #heardAt: number
  #question: (Question & { readonly askedAt: number }) | undefined
  #latencyMs: number | undefined
  /** Queued frames were given time once in this silence; a second time would be for ever where every timer is late. */
  #graced = false
  #cancel: (() => void) | undefined
  /** Something arrived since the link opened. */
  #heard = false
  #seconds = 0
  #cancelSecond: (() => void) | undefined
  /** Since when no byte has left the buffer, and how many there were. */
  #stuckAt: number
  #stuckBytes = 0
  #disposed = false

  constructor(link: WatchedLink, { clock, heartbeat }: { clock: Clock; heartbeat: ResolvedHeartbeat | undefined }) {
    this.#link = link
    this.#clock = clock
    this.#heartbeat = heartbeat
    this.#policy = heartbeatPolicy(heartbeat, noBeats)
    this.#heardAt = this.#stuckAt = clock.monotonic()
    this.#countSecond()
    this.#check()
  }

  /** Any frame arrived. */
  heard(): void {
    this.#heard = true
    const watching = this.#cancel !== undefined || this.#question !== undefined
    if (watching && !this.#policy.strict) this.answered()
  }

  /** The answer to a question arrived. */
  answered(): void {
    this.#graced = false
    this.#heardAt = this.#clock.monotonic()
    if (!this.#question) return
    this.#latencyMs = this.#heardAt - this.#question.askedAt
    this.#question = undefined
    // The timer waits for the answer, which may be due later than the next question.
    this.#check()
  }

  /** The server beat. Returns whether it is to be answered. */
  beat(): boolean {
    const at = this.#clock.monotonic()
    const { beats, counted } = countBeat(this.#beats, { at, timeoutMs: this.#policy.timeoutMs })
    this.#beats = beats
    this.#policy = heartbeatPolicy(this.#heartbeat, beats)
    // With the first gap the interval is known and watching begins.
    if (counted && !this.#cancel) {
      this.#heardAt = at
      this.#check()
    }
    return counted
  }

  /** Something suggests that the link may be dead. */
  doubt(): void {
    this.#check({ overslept: true, doubted: true })
  }

  /** Milliseconds between the last question and its answer. */
  get latencyMs(): number | undefined {
    return this.#latencyMs
  }

  /** Judged anew at each reading; read it every second or so, since what stands still is only seen by looking twice. */
  get quality(): Quality {
    const now = this.#clock.monotonic()
    const bytes = this.#link.bufferedBytes
    if (bytes === 0 || bytes < this.#stuckBytes) this.#stuckAt = now
    this.#stuckBytes = bytes
    const { asks, intervalMs } = this.#policy
    // Where only questions tell, silence alone says nothing.
    const tells = asks !== 'ping' && intervalMs !== undefined
    return judgeQuality({
      latencyMs: this.#latencyMs,
      unansweredMs: this.#question ? now - this.#question.askedAt : 0,
      overdueMs: tells ? now - this.#heardAt - intervalMs : 0,
      stuckMs: now - this.#stuckAt,
    })
  }

  dispose(): void {
    this.#disposed = true
    this.#cancel?.()
    this.#cancelSecond?.()
  }

  /**
   * A second counts as useful when something was received since the link opened, or after ten of them: a server with nothing to
   * say is not a failing one. The count stops when nothing depends on it any more.
   */
  #countSecond(): void {
    this.#cancelSecond = this.#clock.schedule(SECOND_MS, () => {
      this.#seconds++
      const useful = this.#heard || this.#seconds >= SILENT_SECONDS
      // Telling of a second runs the application's code, which may end the connection.
      if ((!useful || this.#link.useful()) && !this.#disposed) this.#countSecond()
    })
  }

  #check({ overslept, doubted } = { overslept: false, doubted: false }): void {
    if (this.#disposed) return
    const now = this.#clock.monotonic()
    const { bufferedBytes } = this.#link
    const question = this.#question
    const heardAt = this.#heardAt
    const facts = { now, heardAt, question, bufferedBytes, overslept: overslept && !this.#graced, doubted }
    const judgement = judge(this.#policy, facts)
    switch (judgement.action) {
      case 'wait':
        // A doubt may have brought the answer forward.
        if (question && judgement.untilAt !== undefined) this.#question = { ...question, dueAt: judgement.untilAt }
        return this.#wakeAt(judgement.untilAt)
      case 'grace':
        this.#graced = true
        return this.#wakeAt(judgement.untilAt)
      case 'extend':
        if (question) this.#question = { ...question, dueAt: judgement.untilAt, bufferedBytes }
        return this.#wakeAt(judgement.untilAt)
      case 'ask':
        this.#graced = false
        this.#question = { dueAt: judgement.dueAt, bufferedBytes, askedAt: now }
        this.#link.ask(this.#heartbeat)
        return this.#wakeAt(judgement.dueAt)
      case 'dead':
        return this.#link.dead()
      default:
        judgement satisfies never
    }
  }

  #wakeAt(dueAt: number | undefined): void {
    const clock = this.#clock
    this.#cancel?.()
    this.#cancel = undefined
    if (dueAt === undefined || this.#disposed) return
    const armedAt = clock.monotonic()
    const wallAt = clock.now()
    this.#cancel = clock.schedule(dueAt - armedAt, () => {
      this.#cancel = undefined
      const now = clock.monotonic()
      // A machine that slept may have stopped the monotonic clock; then only the wall clock tells.
      const doubted = clock.now() - wallAt - (now - armedAt) > CLOCK_GAP_MS
      this.#check({ overslept: doubted || now - dueAt > OVERSLEPT_MS, doubted })
    })
  }
}
