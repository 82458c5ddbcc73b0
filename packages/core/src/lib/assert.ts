import { StatewireError } from './errors.ts'

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
    const close = closest(name, known)
    const hint = close === undefined ? `known are ${known.join(', ')}` : `did you mean "${close}"?`
    // What an unknown option holds is unknown too: perhaps a token under a misspelt name.
    throw invalidOption(
      option,
      `left out, as there is no such option (${hint})`,
      hidden((value as Record<string, unknown>)[name]),
    )
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

const MOST_EDITS = 3

/** Returns the known name that a typo most likely meant. */
function closest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestEdits = Math.min(MOST_EDITS, Math.ceil(name.length / 2)) + 1
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase())
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits]
  }
  return best
}

/** Levenshtein distance, one row at a time. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
