import { StatewireError } from '../lib/errors.ts'
import type { ResolvedReconnect } from './policy.ts'

/** The application's own delay may throw or give nonsense; then that is reported and the base delay is used. */
export function withSafeDelay(
  reconnect: ResolvedReconnect | undefined,
  report: (error: StatewireError) => void,
): ResolvedReconnect | undefined {
  const delayMs = reconnect?.delayMs
  if (!reconnect || !delayMs) return reconnect
  return {
    ...reconnect,
    delayMs(attempt) {
      try {
        const value = delayMs(attempt)
        if (Number.isFinite(value) && value >= 0) return value
        throw new RangeError(`reconnect.delayMs gave ${String(value)}, not a number of milliseconds`)
      } catch (cause) {
        report(new StatewireError('CALLBACK', { where: 'reconnect.delayMs' }, { cause }))
        return reconnect.baseDelayMs
      }
    },
  }
}
