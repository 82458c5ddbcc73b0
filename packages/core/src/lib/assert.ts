import { StatewireError } from './errors.ts'

const NO_SUCH_OPTION = 'left out, as there is no such option'

/** Returns the error for a wrong option. */
export function invalidOption(option: string, expected: string, received: unknown): StatewireError<'INVALID_OPTION'> {
  return new StatewireError('INVALID_OPTION', { option, expected, received })
}

/** Stands in an error for a value that may hold a token: says what kind it is, not what it says. */
export function hidden(value: unknown): unknown {
  return value === undefined || value === null || typeof value === 'boolean' ? value : `(${typeof value}, not shown)`
}

export function assertObject(option: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidOption(option || 'options', 'an object', hidden(value))
  }
}

/** @throws {StatewireError} `INVALID_OPTION` when the value is not an object with known names only; `known` lists them. */
export function assertGroup(path: string, value: unknown, known: readonly string[]): asserts value is object {
  assertObject(path, value)
  for (const [name, given] of Object.entries(value)) {
    if (known.includes(name)) continue
    // What an unknown option holds is unknown too: perhaps a token under a misspelt name.
    const details = { option: pathOf(path, name), expected: NO_SUCH_OPTION, received: hidden(given), known }
    throw new StatewireError('INVALID_OPTION', details)
  }
}

function pathOf(group: string, name: string): string {
  return group === '' ? name : `${group}.${name}`
}

/** Returns what an option stands for; throws when its value is wrong. `option` is how the error names it. */
export type Read = (option: string, value: unknown) => unknown

/** How each option of a group is read, and what stands for one that is not given. Without the latter it has to be given. */
export type Fields<Resolved> = {
  readonly [Name in keyof Resolved]-?: readonly [read: Read] | readonly [read: Read, usual: Resolved[Name]]
}

/**
 * Reads a group of options; an explicit `undefined` is one that is not given.
 *
 * @throws {StatewireError} `INVALID_OPTION` when the value is not an object of these options only, or one of them is wrong.
 */
export function readGroup<Resolved extends object>(path: string, value: unknown, fields: Fields<Resolved>): Resolved {
  assertGroup(path, value, Object.keys(fields))
  const resolved: Record<string, unknown> = {}
  for (const [name, field] of Object.entries<readonly [Read, unknown?]>(fields)) {
    const [read, usual] = field
    const given = (value as Record<string, unknown>)[name]
    resolved[name] = given === undefined && field.length > 1 ? usual : read(pathOf(path, name), given)
  }
  return Object.freeze(resolved) as Resolved
}

export function assertFunction(option: string, value: unknown): unknown {
  if (typeof value === 'function') return value
  throw invalidOption(option, 'a function', hidden(value))
}

export function assertName(option: string, value: unknown): unknown {
  if (typeof value === 'string' && value !== '') return value
  throw invalidOption(option, 'a string that is not empty', value)
}

export function assertBoolean(option: string, value: unknown): unknown {
  if (typeof value === 'boolean') return value
  throw invalidOption(option, 'true or false', value)
}

export function assertOneOf<Choice>(option: string, value: unknown, choices: readonly Choice[]): Choice {
  if (choices.includes(value as Choice)) return value as Choice
  throw invalidOption(option, choices.map((choice) => JSON.stringify(choice)).join(' or '), value)
}

/** A finite number above zero. */
export function assertDuration(option: string, value: unknown): unknown {
  // `typeof` first: '500' > 0 holds too.
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value
  throw invalidOption(option, 'a number of milliseconds above 0', value)
}

/** A whole number from 1 on, or Infinity. */
export function assertLimit(option: string, value: unknown): unknown {
  if (typeof value === 'number' && value >= 1 && (Number.isInteger(value) || value === Infinity)) return value
  throw invalidOption(option, 'a whole number of at least 1, or Infinity', value)
}
