import { useEffect } from 'react'
import { history, useDispatch, useSelector } from 'umi'
import type { FlatConnectionState } from '@statewire/dva'
import type monitorModel from '../models/monitor'

interface State {
  readonly monitor: typeof monitorModel.state
  readonly connection: FlatConnectionState
}

export default function Monitor() {
  const dispatch = useDispatch()
  const { dd, dindex } = useSelector(({ monitor }: State) => monitor)
  const { status } = useSelector(({ connection }: State) => connection)

  useEffect(() => {
    if (!sessionStorage.getItem('user')) history.push('/login')
  }, [])

  function logout() {
    sessionStorage.clear()
    history.push('/login')
  }

  return (
    <main>
      <h1>CPU load</h1>
      <p role="status">{status === 'waiting' ? 'Disconnected, reconnecting …' : status}</p>
      <p>
        <span data-part="count">{dd.length}</span> of 300 points, <span data-part="dindex">{dindex}</span> received,
        last {dd.at(-1)?.value} %
      </p>
      <button onClick={() => dispatch({ type: 'connection/retryNow' })}>Retry now</button>
      <button onClick={logout}>Log out</button>
    </main>
  )
}
