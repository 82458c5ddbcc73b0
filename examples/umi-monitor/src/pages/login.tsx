import { useState, type FormEvent } from 'react'
import { history } from 'umi'

export default function Login() {
  const [notice, setNotice] = useState('')

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const { user, password } = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user, password }),
    })
    const { token, message } = await response.json()
    if (!token) return setNotice(message)
    sessionStorage.setItem('user', user ?? '')
    sessionStorage.setItem('token', token)
    history.push('/')
  }

  return (
    <form onSubmit={submit}>
      <h1>Sign in</h1>
      <input name="user" aria-label="User name" required />
      <input name="password" type="password" aria-label="Password" required />
      <button>Sign in</button>
      <p role="alert">{notice}</p>
    </form>
  )
}
