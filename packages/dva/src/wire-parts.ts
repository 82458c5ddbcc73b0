import type { AnyWire, Rule, Undeclared } from '@statewire/core'
import type { DispatchCall } from './calls.ts'

export interface WirePart {
  readonly type: string
  readonly rule?: Rule<Record<string, unknown>, Undeclared>
  readonly call?: DispatchCall
}

/** Lists every rule and call of a wire. What is neither passes by here: core refuses it. */
export function callsAndRules(wire: AnyWire): WirePart[] {
  return Object.entries(wire).flatMap(([type, entry]) =>
    [entry ?? []].flat().map((part): WirePart => {
      return typeof part === 'function' ? { type, rule: part } : { type, call: part as DispatchCall }
    }),
  )
}
