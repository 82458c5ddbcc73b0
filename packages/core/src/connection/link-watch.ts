import type { Clock } from '../env/clock.ts'
import { StatewireError } from '../lib/errors.ts'
import type { Codec } from '../protocol/codec.ts'
import { toFrame } from '../protocol/to-frame.ts'
import type { Frame } from '../transport/transport.ts'
import { heartbeatPolicy, questionOf } from './heartbeat-policy.ts'
import { HeartbeatMonitor } from './heartbeat-monitor.ts'
import type { ResolvedHeartbeat } from './policy.ts'
import { judgeQuality, type Quality } from './quality.ts'
import { UsefulSeconds } from './useful-seconds.ts'

export interface LinkWatchDeps {
  readonly heartbeat: ResolvedHeartbeat | undefined
  readonly codec: Codec
  readonly clock: Clock
  readonly send: (frame: Frame) => void
  readonly bufferedBytes: () => number
  /** Another useful second; returns whether the next one matters too. */
  readonly useful: () => boolean
  readonly dead: () => void
  readonly report: (error: StatewireError) => void
}

/** Watches one link while it is open: is it alive, is it of use, is it quick. */
export class LinkWatch {
  readonly #deps: LinkWatchDeps
  readonly #useful: UsefulSeconds
  readonly #monitor: HeartbeatMonitor | undefined
  #buffered: { bytes: number; since: number }

  constructor(deps: LinkWatchDeps) {
    const { clock, heartbeat, bufferedBytes, dead, useful } = deps
    this.#deps = deps
    this.#buffered = { bytes: 0, since: clock.monotonic() }
    this.#useful = new UsefulSeconds(clock, useful)
    if (!heartbeat) return
    this.#monitor = new HeartbeatMonitor({
      policy: heartbeatPolicy(heartbeat),
      clock,
      bufferedBytes,
      ask: () => this.#ask(heartbeat),
      dead,
    })
  }

  start({ doubted }: { readonly doubted: boolean }): void {
    this.#monitor?.start({ doubted })
  }

  heard(): void {
    this.#monitor?.heard()
    this.#useful.heard()
  }

  /** Returns whether the beat is to be answered. */
  beat(): boolean {
    return this.#monitor?.beat() ?? true
  }

  answered(): void {
    this.#monitor?.answered()
  }

  doubt(): void {
    this.#monitor?.doubt()
  }

  get latencyMs(): number | undefined {
    return this.#monitor?.latencyMs
  }

  /** Judged anew at each reading; read it every second or so, since what stands still is only seen by looking twice. */
  get quality(): Quality {
    const now = this.#deps.clock.monotonic()
    const bytes = this.#deps.bufferedBytes()
    if (bytes === 0 || bytes < this.#buffered.bytes) this.#buffered = { bytes, since: now }
    else this.#buffered.bytes = bytes
    return judgeQuality({
      latencyMs: this.latencyMs,
      unansweredMs: this.#monitor?.unansweredMs ?? 0,
      overdueMs: this.#monitor?.overdueMs ?? 0,
      stuckMs: now - this.#buffered.since,
    })
  }

  dispose(): void {
    this.#monitor?.dispose()
    this.#useful.dispose()
  }

  #ask(heartbeat: ResolvedHeartbeat): void {
    try {
      this.#deps.send(toFrame(this.#deps.codec, questionOf(heartbeat)))
    } catch (cause) {
      this.#deps.report(new StatewireError('CALLBACK', { where: 'heartbeat frame' }, { cause }))
    }
  }
}
