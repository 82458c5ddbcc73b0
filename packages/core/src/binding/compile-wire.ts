import { invalidOption } from '../lib/assert.ts'
import { isBuiltIn, type BuiltIn } from './rules/built-in.ts'
import type { Call } from './sink.ts'
import type { RuleTraits } from './wire.ts'

type AnyRule = BuiltIn & Partial<RuleTraits>

/** A rule with its traits settled. */
export interface CompiledRule {
  /** Takes `scratch` only when `builtIn`. */
  readonly run: BuiltIn
  /** Undefined: it may read and write anything. */
  readonly keys: readonly string[] | undefined
  readonly lastOnly: boolean
  readonly builtIn: boolean
}

/** Where one message type lands, ready to run. */
export interface CompiledEntry {
  readonly type: string
  readonly rules: readonly CompiledRule[]
  readonly calls: readonly Call[]
  /** Entries of different islands touch different keys, so the order among them cannot be seen. */
  readonly island: number
  /** Its own rules meet in a key: each message must pass all of them before the next one does. */
  readonly oneByOne: boolean
  /**
   * Nothing but the newest of its messages can be seen: it makes no calls, its rules are our own and keep the last value,
   * and no other entry reads or writes their keys.
   */
  readonly keepsLast: boolean
  /** The part that wants the type's last message when it is bound; undefined when no rule does. */
  readonly replay: CompiledEntry | undefined
}

export interface CompiledWire {
  /** By message type; own properties of the wire only. */
  readonly entries: ReadonlyMap<string, CompiledEntry>
  /** `'*'`: what takes the types that have no entry of their own. */
  readonly rest: CompiledEntry | undefined
}

const REST = '*'

/**
 * Checks a wire and settles, once, which messages can be grouped.
 *
 * @throws {StatewireError} `INVALID_OPTION` for an entry that is neither a rule nor a call nor an array of those.
 */
export function compileWire(wire: object): CompiledWire {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) {
    throw invalidOption('wire', 'an object of message types', wire)
  }
  const parts = Object.entries(wire).map(([type, entry]) => readEntry(type, entry))
  const islands = numberIslands(parts)
  const entries = new Map<string, CompiledEntry>()
  for (const [index, part] of parts.entries()) {
    const island = islands[index]!
    const alone = islands.indexOf(island) === islands.lastIndexOf(island)
    const keepsLast = part.type !== REST && alone && onlyKeepLast(part)
    const order = { island, oneByOne: meetThemselves(part.rules), keepsLast }
    const replayed = part.rules.filter((rule) => rule.replay)
    const replay: CompiledEntry | undefined =
      replayed.length === 0 ? undefined : { ...order, type: part.type, rules: replayed, calls: [], replay: undefined }
    entries.set(part.type, { ...order, ...part, replay })
  }
  const rest = entries.get(REST)
  entries.delete(REST)
  return { entries, rest }
}

interface Part {
  readonly type: string
  readonly rules: readonly (CompiledRule & { readonly replay: boolean })[]
  readonly calls: readonly Call[]
}

function readEntry(type: string, entry: unknown): Part {
  const rules: Part['rules'][number][] = []
  const calls: Call[] = []
  for (const part of Array.isArray(entry) ? (entry as readonly unknown[]) : [entry]) {
    if (typeof part === 'function') rules.push(compileRule(part as AnyRule))
    else if (isCall(part)) calls.push(part)
    else throw invalidOption(`wire.${type}`, 'a rule, a call of the adapter, or an array of those', part)
  }
  return { type, rules, calls }
}

function compileRule(rule: AnyRule): Part['rules'][number] {
  const { keys, lastOnly = false, replay = false } = rule
  return { run: rule, keys: Array.isArray(keys) ? keys : undefined, lastOnly, replay, builtIn: isBuiltIn(rule) }
}

function isCall(value: unknown): value is Call {
  if (typeof value !== 'object' || value === null) return false
  const { call, kind, batch } = value as Partial<Record<keyof Call, unknown>>
  return typeof call === 'string' && typeof kind === 'string' && typeof batch === 'boolean'
}

/** Gives entries that touch a common key the same number, and all of them as soon as a rule may touch anything. */
function numberIslands(parts: readonly Part[]): readonly number[] {
  const anyKey = parts.some(({ rules }) => rules.some(({ keys }) => keys === undefined))
  let islands = parts.map((_, index) => (anyKey ? 0 : index))
  const firstWith = new Map<string, number>()
  for (const [index, { rules }] of parts.entries()) {
    for (const key of rules.flatMap(({ keys = [] }) => keys)) {
      const first = firstWith.get(key) ?? index
      firstWith.set(key, first)
      islands = islands.map((island) => (island === islands[index] ? islands[first]! : island))
    }
  }
  // Without gaps, so that a batch can keep its runs in an array.
  const numbers = [...new Set(islands)]
  return islands.map((island) => numbers.indexOf(island))
}

function onlyKeepLast({ rules, calls }: Part): boolean {
  return calls.length === 0 && rules.every(({ builtIn, lastOnly }) => builtIn && lastOnly)
}

function meetThemselves(rules: readonly CompiledRule[]): boolean {
  if (rules.length < 2) return false
  if (rules.some(({ keys }) => keys === undefined)) return true
  const keys = rules.flatMap(({ keys = [] }) => keys)
  return new Set(keys).size < keys.length
}
