import { append, latest, upsert } from '@statewire/core'
import { TYPES } from './frames.mjs'

const POINTS = 300

/** State of a feed: one key for each message type, empty. */
export const stateOf = (make) => Object.fromEntries(TYPES.map((type) => [type, make()]))

/**
 * The built-in rules, each as a user would give it to every type of the feed, with what a reader of it looks at.
 *
 * @type {Record<string, { wire: (path: (key: string) => string) => object, initial: () => unknown, read: (value: unknown) => number }>}
 */
export const wires = {
  latest: { wire: wireOf((key) => latest(key)), initial: () => null, read: (value) => value?.price ?? 0 },
  append: {
    wire: wireOf((key) => append(key, { limit: POINTS })),
    initial: () => [],
    read: (value) => value.at(-1)?.price ?? 0,
  },
  upsert: {
    wire: wireOf((key) => upsert(key, { by: 'id' })),
    initial: () => ({}),
    read: (value) => value[0]?.price ?? 0,
  },
}

function wireOf(rule) {
  return (path) => Object.fromEntries(TYPES.map((type) => [type, rule(path(type))]))
}
