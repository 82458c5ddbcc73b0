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

export const load = (area) => import(`./${area}.mjs`)
