import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { ApplyPass, type Faults, type Run, type State } from './apply-pass.ts'
import type { CompiledEntry } from './compile-wire.ts'
import type { Batch } from './sink.ts'

export interface BatchRequest {
  /** Oldest first, at least one. */
  readonly messages: readonly Envelope[]
  /** Where each of them lands: entries with rules. */
  readonly entries: readonly CompiledEntry[]
  readonly store: string
}

/** One flush's messages for one store. Keeps problems for after the commit: `apply` may run inside a mutation or a reducer. */
export class RuleBatch implements Batch {
  readonly messages: readonly Envelope[]
  readonly #runs: readonly Run[]
  readonly #faults: FaultLog

  constructor({ messages, entries, store }: BatchRequest) {
    this.messages = messages
    this.#runs = groupRuns(messages, entries)
    this.#faults = new FaultLog(store)
  }

  apply(state: State, { inPlace = false }: { readonly inPlace?: boolean } = {}): State {
    return new ApplyPass(state, { runs: this.#runs, faults: this.#faults, inPlace }).run()
  }

  /** One problem for each rule that failed. */
  get failures(): Iterable<StatewireError> {
    return this.#faults.failures?.values() ?? NONE
  }

  /** One problem for each key that the state does not have. */
  get missing(): Iterable<readonly [key: string, problem: StatewireError]> {
    return this.#faults.missed ?? NONE
  }
}

const NONE: readonly never[] = []

/** What went wrong with a batch: by rule and by key, so that applying twice reports once. Made anew for each flush, so nothing in advance. */
class FaultLog implements Faults {
  readonly #store: string
  failures: Map<object, StatewireError> | undefined
  missed: Map<string, StatewireError> | undefined

  constructor(store: string) {
    this.#store = store
  }

  failed(rule: object, { entry, error }: { readonly entry: CompiledEntry; readonly error: unknown }): void {
    const failures = (this.failures ??= new Map())
    if (failures.has(rule)) return
    const where = `a rule for "${entry.type}" of store "${this.#store}"`
    failures.set(rule, new StatewireError('CALLBACK', { where }, { cause: error }))
  }

  missing(key: string, entry: CompiledEntry): void {
    const missed = (this.missed ??= new Map())
    if (missed.has(key)) return
    missed.set(key, new StatewireError('NO_TARGET', { target: key, messageType: entry.type, store: this.#store }))
  }
}

/**
 * Puts messages together that their rules can take in one call. Within an island runs follow wire order; how runs of
 * different islands are mixed cannot be seen.
 */
function groupRuns(messages: readonly Envelope[], entries: readonly CompiledEntry[]): readonly Run[] {
  const runs: Run[] = []
  // By island, with holes: filling it first would cost more than all the rest here.
  const last: Run[] = []
  for (let i = 0; i < messages.length; i++) {
    const entry = entries[i]!
    const run = last[entry.island]
    if (run?.entry === entry && !entry.oneByOne) run.data.push(messages[i]!.data)
    else runs.push((last[entry.island] = { entry, data: [messages[i]!.data] }))
  }
  return runs
}
