import { defineStore } from 'pinia'

const KEY = 'statewire-demo.user'

interface SignedIn {
  readonly name: string
  readonly token: string
}

/** Who is signed in. Kept for the tab, so that a reload does not ask again. */
export const useUser = defineStore('user', {
  state: () => ({
    ...restore(),
    /** What the login page has to tell: why a login failed, or why the last one ended. */
    notice: '',
  }),
  actions: {
    /** @returns whether the server let the user in; if not, `notice` says why. */
    async login(name: string, password: string): Promise<boolean> {
      const answer = await requestToken(name, password)
      if ('notice' in answer) {
        this.notice = answer.notice
        return false
      }
      sessionStorage.setItem(KEY, JSON.stringify({ name, token: answer.token } satisfies SignedIn))
      this.$patch({ name, token: answer.token, notice: '' })
      return true
    },
    logout(notice = '') {
      sessionStorage.removeItem(KEY)
      this.$patch({ name: null, token: '', notice })
    },
  },
})

function restore(): { name: string | null; token: string } {
  const saved = sessionStorage.getItem(KEY)
  return saved ? (JSON.parse(saved) as SignedIn) : { name: null, token: '' }
}

async function requestToken(user: string, password: string): Promise<{ token: string } | { notice: string }> {
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
