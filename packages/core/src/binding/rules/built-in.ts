import type { RuleTraits } from '../wire.ts'

/**
 * Objects made during one batch, which nobody outside it has seen. A built-in rule writes to them in place instead of
 * copying once more, or a thousand alternating messages would copy a record a thousand times; the batch seals them at its end.
 */
export type Scratch = Set<object>

/**
 * How a built-in rule runs inside a batch. Without `scratch` it copies, and seals what it returns. With `mayChange` it may give
 * `RowChanges` instead of a record.
 */
export type BuiltIn = (
  state: Readonly<Record<string, unknown>>,
  messages: readonly unknown[],
  scratch?: Scratch,
  mayChange?: boolean,
) => Record<string, unknown>

const builtIns = new WeakSet<object>()

/** Makes a rule of this library. The state argument's keys are checked where the rule is wired, so inside it is a record. */
export function builtIn<Rule>(run: BuiltIn, traits: Partial<RuleTraits> & Pick<RuleTraits, 'keys'>): Rule & RuleTraits {
  const { keys, lastOnly = false, replay = false } = traits
  const rule = Object.assign(run, { keys: Object.freeze([...keys]), lastOnly, replay })
  builtIns.add(rule)
  return rule as unknown as Rule & RuleTraits
}

/** True for rules that know what to do with a `Scratch`. */
export function isBuiltIn(rule: object): rule is BuiltIn {
  return builtIns.has(rule)
}

/** Makes `{ [key]: value }` with `key` as an own property, `__proto__` too. */
export function change(key: string, value: unknown): Record<string, unknown> {
  return put({}, key, value)
}

/** Sets an own property. Plain assignment of `__proto__` would change the prototype instead. */
export function put<Target extends object>(target: Target, key: string, value: unknown): Target {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    ;(target as Record<string, unknown>)[key] = value
  }
  return target
}
