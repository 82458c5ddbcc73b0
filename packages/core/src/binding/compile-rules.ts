import type { Envelope } from '../protocol/envelope.ts'
import { RuleBatch } from './batch.ts'
import { compileWire, type CompiledEntry } from './compile-wire.ts'
import type { Wire } from './wire.ts'

/** What a wire's rules make of messages: given the state and messages in wire order, returns the changed keys only. Pure. */
export type CompiledRules<State> = (state: State, messages: readonly Envelope[]) => Partial<State>

/**
 * Makes a wire's rules one pure function of state and messages, for adapters whose stores run their actions more than once
 * (Redux DevTools does). Calls are left out, and so is a rule that throws: the commit has reported it.
 *
 * @throws {StatewireError} `INVALID_OPTION` for an entry that is neither a rule nor a call nor an array of those.
 */
export function compileRules<State, Receive extends object>(wire: Wire<State, Receive>): CompiledRules<State> {
  const { entries: known, rest } = compileWire(wire)
  return (state, all) => {
    const messages: Envelope[] = []
    const entries: CompiledEntry[] = []
    for (const message of all) {
      const entry = known.get(message.type) ?? rest
      if (!entry || entry.rules.length === 0) continue
      messages.push(message)
      entries.push(entry)
    }
    const batch = new RuleBatch({ messages, entries, store: '' })
    return batch.apply(state as Record<string, unknown>) as Partial<State>
  }
}
