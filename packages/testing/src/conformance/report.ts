/** `plain`: `{type, data}`, auth and heartbeats. `sw`: the session protocol as well. */
export type ConformanceLevel = 'plain' | 'sw'

/** MUST: clients lose messages or fail without it. SHOULD: they cope. */
export type Need = 'MUST' | 'SHOULD'

/** Which server, and how strictly it is looked at. */
export interface ConformanceOptions {
  /** `ws://` or `wss://`. */
  readonly url: string
  /** Without it no auth frame is sent, and what is about tokens is skipped. */
  readonly token?: string | undefined
  /** A token of another user, for what is about whose a session is. @default that is skipped */
  readonly otherToken?: string | undefined
  /** A token that is not valid. @default 'statewire-conformance-wrong' */
  readonly wrongToken?: string | undefined
  /** `sw` includes `plain`. @default 'plain' */
  readonly level?: ConformanceLevel | undefined
  /** A topic to which the token may publish and subscribe, and nobody else does meanwhile. @default 'statewire-conformance' */
  readonly topic?: string | undefined
  /** Longest time for one check, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number | undefined
  /** How long the server must keep silent where nothing may come, in milliseconds. @default 300 */
  readonly quietMs?: number | undefined
  /** The server answers `heartCheck`, even if it announces no such thing. @default false */
  readonly heartbeat?: boolean | undefined
  /** Only checks whose name contains this. @default all */
  readonly only?: string | undefined
}

/** What came of one check. */
export interface CheckResult {
  readonly id: string
  readonly need: Need
  readonly rule: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly why?: string
  readonly ms: number
}

export interface ConformanceReport {
  readonly url: string
  readonly level: ConformanceLevel
  /** No MUST failed, and something passed. */
  readonly conforms: boolean
  readonly results: readonly CheckResult[]
}
