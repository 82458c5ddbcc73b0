import type { Envelope } from '../protocol/envelope.ts'
import { RuleBatch } from './batch.ts'
import { compileWire } from './compile-wire.ts'
import { Queue } from './queue.ts'
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
  const { entries, rest } = compileWire(wire)
  return (state, messages) => {
    const queue = new Queue()
    for (const message of messages) {
      const entry = entries.get(message.type) ?? rest
      if (entry) queue.push(message, entry, 0)
    }
    const batch = new RuleBatch(queue, '')
    return batch.apply(state as Record<string, unknown>) as Partial<State>
  }
}
