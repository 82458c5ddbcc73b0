/** How often things happened since the start. */
export interface Counters {
  connectionsTotal: number
  authRefused: number
  authTimeouts: number
  messagesIn: number
  messagesOut: number
  bytesIn: number
  bytesOut: number
  badFrames: number
  /** Numbers that came again and were not applied again. */
  duplicates: number
  gaps: number
  nacks: number
  sessionsNew: number
  sessionsResumed: number
  sessionsLost: number
  takeovers: number
  /** Clients closed because they read too slowly (4008). */
  slowClosed: number
  /** Clients closed because they sent too fast (4029). */
  floodClosed: number
  broadcastsDropped: number
  /** Links without a sign of life that were cut. */
  deadLinks: number
  topicGaps: number
  problems: number
}

/** Returns counters at zero. */
export function createCounters(): Counters {
  return {
    connectionsTotal: 0,
    authRefused: 0,
    authTimeouts: 0,
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    badFrames: 0,
    duplicates: 0,
    gaps: 0,
    nacks: 0,
    sessionsNew: 0,
    sessionsResumed: 0,
    sessionsLost: 0,
    takeovers: 0,
    slowClosed: 0,
    floodClosed: 0,
    broadcastsDropped: 0,
    deadLinks: 0,
    topicGaps: 0,
    problems: 0,
  }
}

/** What a server looks like now. Holds no ids. */
export interface MetricsSnapshot extends Readonly<Counters> {
  readonly connections: number
  readonly sessions: number
  readonly topics: number
  readonly subscriptions: number
}
