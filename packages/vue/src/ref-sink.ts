import type { AnyClient, Batch, Rule, Sink, Undeclared } from '@statewire/core'
import { shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { whileInScope } from './use-client.ts'

/** A ref, as rules see it: a state with one key. */
export interface RefState {
  readonly value: unknown
}

export interface WiredRef<Value> {
  /** Named in problems. */
  readonly what: string
  readonly client: AnyClient
  readonly type: string
  readonly rule: Rule<RefState, Undeclared>
  /** Gives a fresh first value, and the one after a sign-out. */
  readonly initial: () => Value
}

/** A ref that one message type writes to: one assignment per flush. */
export function wiredRef<Value>({ what, client, type, rule, initial }: WiredRef<Value>): Readonly<ShallowRef<Value>> {
  const target = shallowRef(initial())
  const sink: Sink<RefState> = {
    name: what,
    commit(batch: Batch<RefState>): void {
      const patch = batch.apply({ value: target.value })
      if ('value' in patch) target.value = patch.value as Value
    },
    reset(): void {
      target.value = initial()
    },
  }
  whileInScope(what, () => {
    const binding = client.bind(sink, { [type]: rule })
    return () => binding.stop()
  })
  return shallowReadonly(target)
}
