/** Messages that force a flush at once, whatever the mode. */
export const FLUSH_MESSAGES = 10_000
/** Bytes that force a flush at once, whatever the mode. */
export const FLUSH_BYTES = 8_388_608
/**
 * Messages that one commit always takes. More of them, up to as many as force a flush, if they fit into the time that a flush
 * may take: it can only yield between two commits.
 */
export const COMMIT_MESSAGES = 1_000
/** Bytes of undecoded frames that are held; at more the newest of each type is decoded early and the others are let go. */
export const UNDECODED_BYTES = 4_194_304
/** Most messages a paused binding holds; the oldest give way. */
export const HELD_MESSAGES = 1_000
/** Most bytes a paused binding holds; the oldest messages give way, but the newest one is always held. */
export const HELD_BYTES = 1_048_576
/** Message types whose last message is remembered for `replay`, at least; at twice as many those not met for longest are forgotten. */
export const REPLAY_TYPES = 1_000
/** Bytes remembered for `replay`, at least; at twice as many those not met for longest are forgotten. A larger message is not kept. */
export const REPLAY_BYTES = 4_194_304
