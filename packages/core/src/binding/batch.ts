import { StatewireError } from '../lib/errors.ts'
import type { Envelope } from '../protocol/envelope.ts'
import { ApplyPass, type Faults, type Run, type State } from './apply-pass.ts'
import type { CompiledEntry } from './compile-wire.ts'
import type { Queue } from './queue.ts'
import type { ApplyOptions, Batch } from './sink.ts'

/** One flush's messages for one store. Keeps problems for after the commit: `apply` may run inside a mutation or a reducer. */
export class RuleBatch implements Batch {
  readonly #queue: Queue
  readonly #runs: readonly Run[]
  readonly #faults: FaultLog
  #messages: readonly Envelope[] | undefined

  /** @param queue What came, and where it lands: kept as it is from now on. */
  constructor(queue: Queue, store: string) {
    this.#queue = queue
    this.#runs = groupRuns(queue)
    this.#faults = new FaultLog(store)
  }

  /** Whether no rule takes any of it. */
  get isEmpty(): boolean {
    return this.#runs.length === 0
  }

  /** Put together when somebody asks: most stores take what the rules make of them. */
  get messages(): readonly Envelope[] {
    return (this.#messages ??= messagesOf(this.#queue))
  }

  apply(state: State, { inPlace = false, unwrap }: ApplyOptions = {}): State {
    return new ApplyPass(state, { runs: this.#runs, faults: this.#faults, inPlace, unwrap }).run()
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

function messagesOf(queue: Queue): readonly Envelope[] {
  const messages: Envelope[] = []
  for (let i = 0; i < queue.length; i++) if (queue.entryAt(i).rules.length > 0) messages.push(queue.messageAt(i))
  return messages
}

/**
 * Puts messages together that their rules can take in one call. Within an island runs follow wire order; how runs of
 * different islands are mixed cannot be seen.
 */
function groupRuns(queue: Queue): readonly Run[] {
  const runs: Run[] = []
  // By island, with holes: filling it first would cost more than all the rest here.
  const last: Run[] = []
  for (let i = 0; i < queue.length; i++) {
    const entry = queue.entryAt(i)
    if (entry.rules.length === 0) continue
    const run = last[entry.island]
    const { data } = queue.messageAt(i)
    if (run?.entry !== entry || entry.oneByOne) runs.push((last[entry.island] = { entry, data: [data] }))
    else run.data.push(data)
  }
  return runs
}
