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

/** @throws {StatewireError} `INVALID_OPTION` when the value is not an object with known names only; `known` lists them. */
export function assertGroup(path: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidOption(path || 'options', 'an object', hidden(value))
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const option = path === '' ? name : `${path}.${name}`
    // What an unknown option holds is unknown too: perhaps a token under a misspelt name.
    const received = hidden((value as Record<string, unknown>)[name])
    throw new StatewireError('INVALID_OPTION', { option, expected: NO_SUCH_OPTION, received, known })
  }
}

/** Throws when the value is wrong; `option` is how the error names it. */
export type Check = (option: string, value: unknown) => void

/** A check for each option of a group. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check }

/** @throws {StatewireError} `INVALID_OPTION` when the value is not an object of these options only, or one that is given fails its check. */
export function assertOptions<Options extends object>(path: string, value: Options, checks: Checks<Options>): void {
  assertGroup(path, value, Object.keys(checks))
  for (const [name, check] of Object.entries<Check>(checks)) {
    const given = (value as Record<string, unknown>)[name]
    if (given !== undefined) check(`${path}.${name}`, given)
  }
}

export function assertFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidOption(option, 'a function', hidden(value))
}

export function assertName(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw invalidOption(option, 'a string that is not empty', value)
}

export function assertOneOf(option: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return
  throw invalidOption(option, choices.map((choice) => JSON.stringify(choice)).join(' or '), value)
}

/** A finite number above zero. */
export function assertDuration(option: string, value: unknown): void {
  // `typeof` first: '500' > 0 holds too.
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return
  throw invalidOption(option, 'a number of milliseconds above 0', value)
}

/** A whole number from 1 on, or Infinity. */
export function assertLimit(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 1 && (Number.isInteger(value) || value === Infinity)) return
  throw invalidOption(option, 'a whole number of at least 1, or Infinity', value)
}
