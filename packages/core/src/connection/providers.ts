import { StatewireError, type ProviderFailure } from '../lib/errors.ts'
import type { ConnectionPolicy } from './policy.ts'

const PROVIDER_TIMEOUT_MS = 10_000

export interface Prepared {
  readonly url: string
  readonly token: string
}

export interface PrepareRequest {
  readonly refused: boolean
  readonly prepared: (given: Prepared) => void
  /** `URL` or `TOKEN`: one of them threw, rejected, took too long or gave nothing usable. */
  readonly failed: (error: StatewireError) => void
}

/**
 * Asks the application for the URL and the token of one attempt, both at once. Returns how to give up: nothing is called back
 * after that, and the provider of the token is told.
 */
export function askProviders({ auth, url, env }: ConnectionPolicy, request: PrepareRequest): () => void {
  const { refused, prepared, failed } = request
  const timeoutMs = auth?.timeoutMs ?? PROVIDER_TIMEOUT_MS
  const abort = auth && new AbortController()
  let awaited: 'URL' | 'TOKEN' = 'URL'
  let done = false
  const finish = (tell: () => void): void => {
    if (done) return
    done = true
    cancel()
    tell()
  }
  const fail = (error: StatewireError): void =>
    finish(() => {
      abort?.abort()
      failed(error)
    })
  const cancel = env.clock.schedule(timeoutMs, () =>
    fail(providerError(awaited, { failure: 'timeout', problem: `gave no answer within ${timeoutMs} ms` })),
  )
  const urlGiven = ask('URL', url).then((given) => {
    awaited = 'TOKEN'
    return given
  })
  const tokenGiven = auth && abort ? ask('TOKEN', () => auth.token({ refused, signal: abort.signal })) : ''
  Promise.all([urlGiven, tokenGiven]).then(([url, token]) => finish(() => prepared({ url, token })), fail)
  return () => finish(() => abort?.abort())
}

/** The provider's answer; anything else is a rejection. */
async function ask(code: 'URL' | 'TOKEN', provider: () => string | Promise<string>): Promise<string> {
  let answer: unknown
  try {
    answer = await provider()
  } catch (cause) {
    throw providerError(code, { failure: 'failed', problem: 'failed (see cause)', cause })
  }
  if (typeof answer === 'string' && answer !== '') return answer
  const kind = answer === '' ? 'an empty string' : String(answer === null ? null : typeof answer)
  throw providerError(code, { failure: 'unusable', problem: `gave ${kind}` })
}

interface What {
  readonly failure: ProviderFailure
  readonly problem: string
  readonly cause?: unknown
}

function providerError(code: 'URL' | 'TOKEN', { failure, problem, cause }: What): StatewireError {
  return new StatewireError(code, { failure, problem }, { cause })
}
