import type { Bench } from './bench.ts'
import type { Need } from './report.ts'

/** One rule of the protocol, and how to see whether a server keeps it. */
export interface Check {
  /** Permanent name, such as `sw/ack`. */
  readonly id: string
  readonly need: Need
  /** The rule, as it goes on after "the server MUST". */
  readonly rule: string
  /** Rejects with a Failure or a Skip; what else it throws is a failure too. */
  run(bench: Bench): Promise<void>
}

/** The server does not keep the rule. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** It cannot be seen here whether the server keeps the rule. */
export class Skip extends Error {
  override readonly name = 'Skip'
}

/** @throws {Failure} when the condition does not hold. */
export function must(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Failure(otherwise)
}
