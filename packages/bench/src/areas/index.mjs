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

export const load = (area) => import(`./${area}.mjs`)
