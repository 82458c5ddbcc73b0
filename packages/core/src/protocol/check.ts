import { StatewireError } from '../lib/errors.ts'
import type { Protocol } from './define-protocol.ts'
import type { SchemaIssue, StandardSchema } from './standard-schema.ts'

/** `SCHEMA`: a misfit. `SCHEMA_ASYNC`: the schema answers with a promise. `CALLBACK`: the schema itself threw. */
export type CheckError = StatewireError<'SCHEMA' | 'SCHEMA_ASYNC' | 'CALLBACK'>

/** What came of a check: the value to go on with, or the error. */
export type Checked =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: CheckError }

/** Checks data against what a protocol declares for its type. Undeclared types pass as they are. */
export interface ProtocolCheck {
  /** Whether there is a schema for what arrives under a type. */
  receives(messageType: string): boolean
  /** The value is the schema's output: parsed, defaults filled in. */
  received(messageType: string, data: unknown): Checked
  /** The value is the data as given: the server reads it with a schema of its own. */
  sent(messageType: string, data: unknown): Checked
  /** The value is the params as given. */
  asked(messageType: string, params: unknown): Checked
  /** The value is the schema's output. */
  answered(messageType: string, result: unknown): Checked
}

/** Returns the checks of a protocol; without one everything passes. */
export function createProtocolCheck(
  protocol: Pick<Protocol, 'receive' | 'send' | 'requests'> | undefined,
): ProtocolCheck {
  if (!protocol) return UNDECLARED
  // Maps, not the objects: `constructor` and `__proto__` are types like any other.
  const receive = new Map(Object.entries(protocol.receive))
  const send = new Map(Object.entries(protocol.send))
  const requests = new Map(Object.entries(protocol.requests))
  return {
    receives: (messageType) => receive.size > 0 && receive.has(messageType),
    received: (messageType, data) => output(receive.get(messageType), messageType, data),
    sent: (messageType, data) => asGiven(send.get(messageType), messageType, data),
    asked: (messageType, params) => asGiven(requests.get(messageType)?.params, messageType, params),
    answered: (messageType, result) => output(requests.get(messageType)?.result, messageType, result),
  }
}

const passed = (_: string, value: unknown): Checked => ({ ok: true, value })

// Shared: a client without a protocol holds no maps for it.
const UNDECLARED: ProtocolCheck = {
  receives: () => false,
  received: passed,
  sent: passed,
  asked: passed,
  answered: passed,
}

function output(schema: StandardSchema | undefined, messageType: string, data: unknown): Checked {
  return schema ? checkData(schema, messageType, data) : { ok: true, value: data }
}

function asGiven(schema: StandardSchema | undefined, messageType: string, data: unknown): Checked {
  const checked = output(schema, messageType, data)
  return checked.ok ? { ok: true, value: data } : checked
}

/** Checks data by a schema. Never throws: a misfit, an asynchronous schema and one that throws are errors in the result. */
export function checkData(schema: StandardSchema, messageType: string, data: unknown): Checked {
  try {
    const result = schema['~standard'].validate(data)
    if (result instanceof Promise || 'then' in result) {
      // Nobody waits for it, so its rejection must not surface as an unhandled one.
      Promise.resolve(result).catch(() => {})
      return { ok: false, error: new StatewireError('SCHEMA_ASYNC', { messageType }) }
    }
    if (!result.issues) return { ok: true, value: result.value }
    return { ok: false, error: new StatewireError('SCHEMA', { messageType, issues: describeIssues(result.issues) }) }
  } catch (cause) {
    const where = `the schema of "${messageType}"`
    return { ok: false, error: new StatewireError('CALLBACK', { where }, { cause }) }
  }
}

const MOST_ISSUES = 5
const LONGEST_ISSUE = 200

function describeIssues(issues: readonly SchemaIssue[]): readonly string[] {
  const shown = issues.slice(0, MOST_ISSUES).map(describeIssue)
  return issues.length > MOST_ISSUES ? [...shown, `and ${issues.length - MOST_ISSUES} more`] : shown
}

function describeIssue({ message, path = [] }: SchemaIssue): string {
  const where = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  const text = where === '' ? message : `${where}: ${message}`
  return text.length > LONGEST_ISSUE ? `${text.slice(0, LONGEST_ISSUE)}…` : text
}
