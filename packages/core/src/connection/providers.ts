import type { Clock } from '../env/clock.ts'
import { StatewireError, type ProviderFailure } from '../lib/errors.ts'
import type { Attempt } from './attempt.ts'
import type { ConnectionPolicy } from './policy.ts'

const PROVIDER_TIMEOUT_MS = 10_000

export interface Prepared {
  readonly url: string
  readonly token: string
}

export interface PrepareRequest {
  readonly refused: boolean
  readonly attempt: Pick<Attempt, 'signal' | 'whenEnded'>
}

/**
 * Asks the application for the URL and the token of one attempt, both at once.
 *
 * @throws {StatewireError} (as rejection) `URL` or `TOKEN` when one throws, rejects, takes too long or gives nothing usable.
 */
export async function askProviders(
  { auth, url, env }: ConnectionPolicy,
  { refused, attempt }: PrepareRequest,
): Promise<Prepared> {
  const box = { clock: env.clock, attempt, timeoutMs: auth?.timeoutMs ?? PROVIDER_TIMEOUT_MS }
  const [givenUrl, token] = await Promise.all([
    boxed(url, { ...box, code: 'URL' }),
    auth ? boxed(() => auth.token({ refused, signal: attempt.signal() }), { ...box, code: 'TOKEN' }) : '',
  ])
  return { url: givenUrl, token }
}

interface Box {
  readonly clock: Clock
  readonly attempt: PrepareRequest['attempt']
  readonly timeoutMs: number
  readonly code: 'URL' | 'TOKEN'
}

/** The provider's answer, or a rejection; never hangs, never throws, holds no timer once it is settled or not wanted. */
function boxed(ask: () => string | Promise<string>, { clock, attempt, timeoutMs, code }: Box): Promise<string> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      cancelTimer()
      forget()
    }
    const fail = (failure: ProviderFailure, problem: string, cause?: unknown): void => {
      cancel()
      reject(new StatewireError(code, { failure, problem }, { cause }))
    }
    const cancelTimer = clock.schedule(timeoutMs, () => fail('timeout', `gave no answer within ${timeoutMs} ms`))
    const forget = attempt.whenEnded(cancelTimer)
    const settle = (answer: unknown): void => {
      cancel()
      if (typeof answer === 'string' && answer !== '') return resolve(answer)
      fail('unusable', `gave ${answer === '' ? 'an empty string' : String(answer === null ? null : typeof answer)}`)
    }
    const caught = (cause: unknown): void => fail('failed', 'failed (see cause)', cause)
    try {
      Promise.resolve(ask()).then(settle, caught)
    } catch (error) {
      caught(error)
    }
  })
}
