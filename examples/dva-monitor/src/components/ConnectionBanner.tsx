import { useAppState, useDispatch } from '../app.ts'
import { connectionText } from '../lib/connection-text.ts'
import { useNow } from '../lib/use-now.ts'

export function ConnectionBanner() {
  const dispatch = useDispatch()
  const connection = useAppState((state) => state.connection)
  const now = useNow(connection.status === 'waiting')
  const { tone, label, detail } = connectionText(connection, now)
  const action = ACTIONS[connection.status]
  return (
    <section className="banner card" data-tone={tone} aria-label="Connection to the server">
      <span className="dot" aria-hidden="true" />
      <p role="status" className="words">
        <span className="label" data-part="label">
          {label}
        </span>
        {/* Counts down every second: seen, not read aloud. */}
        <span className="detail" data-part="detail" aria-hidden="true">
          {detail}
        </span>
      </p>
      {action && (
        <button type="button" className="button" onClick={() => void dispatch({ type: `connection/${action.type}` })}>
          {action.text}
        </button>
      )}
    </section>
  )
}

const ACTIONS: Partial<Record<string, { readonly type: string; readonly text: string }>> = {
  open: { type: 'disconnect', text: 'Disconnect' },
  waiting: { type: 'retryNow', text: 'Retry now' },
  failed: { type: 'connect', text: 'Try again' },
  closed: { type: 'connect', text: 'Connect' },
}
