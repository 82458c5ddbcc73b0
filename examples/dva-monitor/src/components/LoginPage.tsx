import { useState, type FormEvent } from 'react'
import { useAppState, useDispatch } from '../app.ts'
import { BrandMark } from './BrandMark.tsx'

export function LoginPage() {
  const dispatch = useDispatch()
  const notice = useAppState(({ session }) => session.notice)
  const [isBusy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    const fields = new FormData(event.currentTarget)
    const payload = { user: (fields.get('user') as string).trim(), password: fields.get('password') }
    await (dispatch({ type: 'session/login', payload }) as Promise<void>)
    setBusy(false)
  }

  return (
    <div className="login">
      <header className="top">
        <BrandMark />
      </header>
      <main className="card">
        <h1>Sign in</h1>
        <p className="hint">
          See what this machine is doing, live. User name and password are both <kbd>demo</kbd>.
        </p>
        <form onSubmit={(event) => void submit(event)}>
          <label>
            User name
            <input name="user" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          <button type="submit" className="button primary" aria-disabled={isBusy}>
            {isBusy ? 'Signing in …' : 'Sign in'}
          </button>
          <p className="notice" role="alert">
            {notice}
          </p>
        </form>
      </main>
    </div>
  )
}
