import { StatewireError } from '@statewire/core'

/** Returns the error for a wrong option. */
export function invalidOption(option: string, expected: string, received: unknown): StatewireError<'INVALID_OPTION'> {
  return new StatewireError('INVALID_OPTION', { option, expected, received })
}
