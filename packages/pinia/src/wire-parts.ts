import type { AnySnapshot, AnyWire, Call, Rule, Undeclared } from '@statewire/core'

/** A part of a store's wire, and the client it listens to (undefined: the default one). */
export interface WirePart {
  readonly client: string | undefined
  readonly wire: AnyWire
  /** Only messages of this topic. */
  readonly channel?: string | undefined
  readonly snapshot?: AnySnapshot | undefined
}

/** What a store was defined with, as far as it concerns its wire. */
export interface WireOptions {
  readonly wire?: unknown
  readonly wireClient?: string | undefined
}

/** Reads the options `wire` and `wireClient`. */
export function wireParts({ wire, wireClient }: WireOptions): WirePart[] {
  if (wire === undefined) return []
  if (Array.isArray(wire)) return wire.flatMap((part: unknown) => wireParts({ wire: part, wireClient }))
  return isFrom(wire) ? [wire] : [{ client: wireClient, wire: wire as AnyWire }]
}

/** State keys that the wire's rules declare. */
export function keysOf(wire: AnyWire): string[] {
  return landingsOf(wire).flatMap(({ landing }) => (typeof landing === 'function' ? (landing.keys ?? []) : []))
}

/** Whether a rule does not declare its keys. */
export function writesAnyKey(wire: AnyWire): boolean {
  return landingsOf(wire).some(({ landing }) => typeof landing === 'function' && landing.keys === undefined)
}

/** Actions that the wire calls, and the message type that leads there. */
export function callsOf(wire: AnyWire): { readonly type: string; readonly target: string }[] {
  return landingsOf(wire).flatMap(({ type, landing }) =>
    typeof landing === 'object' ? [{ type, target: landing.call }] : [],
  )
}

type Landing = Call | Rule<Record<string, unknown>, Undeclared>

// What is neither a rule nor a call passes by here: core refuses it.
function landingsOf(wire: AnyWire): { readonly type: string; readonly landing: Landing }[] {
  return Object.entries(wire).flatMap(([type, entry]) =>
    [entry ?? []].flat().map((landing) => ({ type, landing: landing as Landing })),
  )
}

// A message type may be called "kind" as well, but its entry is never this string.
function isFrom(wire: unknown): wire is WirePart {
  return typeof wire === 'object' && wire !== null && (wire as { kind?: unknown }).kind === 'from'
}
