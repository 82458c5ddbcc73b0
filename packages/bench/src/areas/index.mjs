/** In the order in which `all` runs them. */
export const areas = [
  'message',
  'dashboard',
  'fanout',
  'latest',
  'rows',
  'dispatch',
  'size',
  'series',
  'loopback',
  'latency',
  'reconnect',
  'memory',
  'browser',
]

/** Those that are run by name only: they are long, and want a machine to themselves. */
export const longAreas = ['load', 'hostile']

/** What the page about performance tells: attacks are told on the one about reliability. */
export const reportedAreas = [...areas, 'load']

export const load = (area) => import(`./${area}.mjs`)
