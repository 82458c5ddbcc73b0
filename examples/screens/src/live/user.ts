import { ref, shallowRef } from 'vue'

// The demo's own key: who has signed in on another page of it is signed in here as well.
const KEY = 'statewire-demo.user'

export interface User {
  readonly name: string
  readonly token: string
}

/** Who is signed in. Kept for the tab, so that a reload does not ask again. */
export const user = shallowRef<User | null>(restore())
/** What the sign-in form has to tell: why it failed, or why the last session ended. */
export const notice = ref('')

export async function signIn(name: string, password: string): Promise<void> {
  const answer = await requestToken(name, password)
  if ('notice' in answer) {
    notice.value = answer.notice
    return
  }
  notice.value = ''
  user.value = { name, token: answer.token }
  sessionStorage.setItem(KEY, JSON.stringify(user.value))
}

export function signOut(why = ''): void {
  sessionStorage.removeItem(KEY)
  user.value = null
  notice.value = why
}

function restore(): User | null {
  const saved = sessionStorage.getItem(KEY)
  return saved ? (JSON.parse(saved) as User) : null
}

async function requestToken(name: string, password: string): Promise<{ token: string } | { notice: string }> {
  try {
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: name, password }),
    })
    const body = (await response.json()) as { token?: string; message?: string }
    return body.token ? { token: body.token } : { notice: body.message ?? 'The server refused the sign-in.' }
  } catch {
    return { notice: 'The server cannot be reached. Is it running?' }
  }
}
