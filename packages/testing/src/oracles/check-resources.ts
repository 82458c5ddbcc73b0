import type { Violation } from './violation.ts'

/** What may be left over. The fakes fit; anything else with these fields does. */
export interface Resources {
  readonly clock?: { readonly pending: readonly number[] }
  readonly signals?: { readonly listeners: number }
  readonly frames?: { readonly pending: number }
  readonly network?: { readonly live: readonly unknown[] }
  /** Clients that are not disposed of: each may hold one socket, and timers and listeners. @default 0 */
  readonly clients?: number
}

export type ResourceViolation = Violation<'sockets' | 'timers' | 'listeners' | 'frames'>

/**
 * Returns what is held that should not be: more than one socket for each client at rest, and after `dispose()` anything at all.
 *
 * @example
 * client.dispose()
 * expect(checkResources({ clock, signals, network })).toEqual([])
 */
export function checkResources({ clock, signals, frames, network, clients = 0 }: Resources): ResourceViolation[] {
  const found: ResourceViolation[] = []
  const sockets = network?.live.length ?? 0
  if (sockets > clients) found.push({ kind: 'sockets', text: `${sockets} sockets are alive, of ${clients} clients` })
  if (clients > 0) return found
  const timers = clock?.pending ?? []
  if (timers.length > 0) found.push({ kind: 'timers', text: `timers are left, due in ${timers.join(', ')} ms` })
  const listeners = signals?.listeners ?? 0
  if (listeners > 0) found.push({ kind: 'listeners', text: `${listeners} listeners are left` })
  const callbacks = frames?.pending ?? 0
  if (callbacks > 0) found.push({ kind: 'frames', text: `${callbacks} callbacks wait for an animation frame` })
  return found
}
