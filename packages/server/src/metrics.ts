import { Counter, Gauge, Registry } from 'prom-client'
import type { MetricsSnapshot } from './hub/counters.ts'

/** What metrics are read from: a server, or a hub. */
export interface Measured {
  metrics(): MetricsSnapshot
}

const GAUGES = {
  connections: 'Open connections of this node.',
  sessions: 'Sessions with a connection to this node.',
  topics: 'Topics with a subscriber on this node, private ones included.',
  subscriptions: 'Subscriptions on this node, private ones included.',
} as const satisfies Partial<Record<keyof MetricsSnapshot, string>>

const COUNTERS = {
  connectionsTotal: ['connections_opened', 'Connections that were opened.'],
  authRefused: ['auth_refused', 'Tokens that were refused.'],
  authTimeouts: ['auth_timeouts', 'Connections closed for want of a token.'],
  messagesIn: ['messages_received', 'Frames that came.'],
  messagesOut: ['messages_sent', 'Frames that were sent.'],
  bytesIn: ['received_bytes', 'Size of the frames that came, in characters.'],
  bytesOut: ['sent_bytes', 'Size of the frames that were sent, in characters.'],
  badFrames: ['bad_frames', 'Frames that could not be read, or were out of place.'],
  duplicates: ['duplicates', 'Numbered messages that came again and were not applied again.'],
  gaps: ['gaps', 'Numbered messages that came ahead of their turn.'],
  nacks: ['nacks', 'Numbered messages that were refused.'],
  sessionsNew: ['sessions_new', 'Sessions that began.'],
  sessionsResumed: ['sessions_resumed', 'Sessions that were resumed.'],
  sessionsLost: ['sessions_lost', 'Sessions that were asked for and gone.'],
  takeovers: ['takeovers', 'Connections closed because their session went to another.'],
  slowClosed: ['slow_closed', 'Connections closed because they read too slowly.'],
  floodClosed: ['flood_closed', 'Connections closed because they sent too fast.'],
  broadcastsDropped: ['broadcasts_dropped', 'Broadcasts left out for clients that read too slowly.'],
  deadLinks: ['dead_links', 'Connections cut because no sign of life came.'],
  topicGaps: ['topic_gaps', 'Holes in topics that clients were told of.'],
  problems: ['problems', 'Problems that were reported.'],
} as const satisfies Partial<Record<keyof MetricsSnapshot, readonly [string, string]>>

/**
 * Returns the server's metrics as OpenMetrics text, for a route that Prometheus scrapes. Needs the package `prom-client`.
 *
 * @example
 * http.on('request', async (request, response) => {
 *   if (request.url !== '/metrics') return
 *   response.setHeader('Content-Type', OPEN_METRICS_TYPE)
 *   response.end(await openMetrics(server))
 * })
 */
export async function openMetrics(server: Measured): Promise<string> {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const snapshot = server.metrics()
  const registers = [registry]
  for (const [key, help] of Object.entries(GAUGES)) {
    new Gauge({ name: `statewire_${key}`, help, registers }).set(snapshot[key as keyof typeof GAUGES])
  }
  for (const [key, [name, help]] of Object.entries(COUNTERS)) {
    new Counter({ name: `statewire_${name}`, help, registers }).inc(snapshot[key as keyof typeof COUNTERS])
  }
  return registry.metrics()
}

/** The content type of `openMetrics`. */
export const OPEN_METRICS_TYPE: string = Registry.OPENMETRICS_CONTENT_TYPE
