const KEY = 'statewire-demo.user'

interface SignedIn {
  readonly name: string
  readonly token: string
}

/** Who is signed in. Kept for the tab, so that a reload does not ask again, and out of the store, where tools show everything. */
export function restore(): SignedIn | undefined {
  const saved = sessionStorage.getItem(KEY)
  return saved === null ? undefined : (JSON.parse(saved) as SignedIn)
}

export const save = (user: SignedIn): void => sessionStorage.setItem(KEY, JSON.stringify(user))

export const forget = (): void => sessionStorage.removeItem(KEY)

export type Answer = { readonly token: string } | { readonly notice: string }

/** Asks the server for a token; the notice says why there is none. */
export async function requestToken(user: string, password: string): Promise<Answer> {
  try {
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user, password }),
    })
    const body = (await response.json()) as { token?: string; message?: string }
    return body.token ? { token: body.token } : { notice: body.message ?? 'The server refused the login.' }
  } catch {
    return { notice: 'The server cannot be reached. Is it running?' }
  }
}
