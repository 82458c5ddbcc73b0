import type { CompiledEntry } from './compile-wire.ts'
import type { Queue } from './queue.ts'
import type { Call } from './sink.ts'

export interface DueCall {
  readonly call: Call
  readonly data: unknown
}

/** Lists what a flush calls, in wire order; a batched call once, where the last of its messages stands. */
export function callsOf(queue: Queue): readonly DueCall[] {
  const due: DueCall[] = []
  const all = new Map<CompiledEntry, unknown[]>()
  const last = new Map<CompiledEntry, number>()
  for (let i = 0; i < queue.length; i++) {
    const entry = queue.entryAt(i)
    if (entry.calls.length === 0) continue
    const data = all.get(entry) ?? []
    data.push(queue.messageAt(i).data)
    all.set(entry, data)
    last.set(entry, i)
  }
  if (all.size === 0) return due
  for (let i = 0; i < queue.length; i++) {
    const entry = queue.entryAt(i)
    for (const call of entry.calls) {
      if (!call.batch) due.push({ call, data: queue.messageAt(i).data })
      else if (last.get(entry) === i) due.push({ call, data: all.get(entry) })
    }
  }
  return due
}
