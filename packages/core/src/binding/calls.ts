import type { Envelope } from '../protocol/envelope.ts'
import type { CompiledEntry } from './compile-wire.ts'
import type { Call } from './sink.ts'

export interface DueCall {
  readonly call: Call
  readonly data: unknown
}

/** Lists what a flush calls, in wire order; a batched call once, where the last of its messages stands. */
export function callsOf(messages: readonly Envelope[], entries: readonly CompiledEntry[]): readonly DueCall[] {
  const due: DueCall[] = []
  const all = new Map<CompiledEntry, unknown[]>()
  const last = new Map<CompiledEntry, number>()
  for (const [index, entry] of entries.entries()) {
    if (entry.calls.length === 0) continue
    const data = all.get(entry) ?? []
    data.push(messages[index]!.data)
    all.set(entry, data)
    last.set(entry, index)
  }
  if (all.size === 0) return due
  for (const [index, entry] of entries.entries()) {
    for (const call of entry.calls) {
      if (!call.batch) due.push({ call, data: messages[index]!.data })
      else if (last.get(entry) === index) due.push({ call, data: all.get(entry) })
    }
  }
  return due
}
