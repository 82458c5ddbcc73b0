import { dvaStatewire, type Dispatch, type FlatConnectionState } from '@statewire/dva'
import { create } from 'dva-core'
import { useDispatch as useReduxDispatch, useSelector, type TypedUseSelectorHook } from 'react-redux'
import { client } from './live/client.ts'
import { monitor, type MonitorState } from './models/monitor.ts'
import { session, type SessionState } from './models/session.ts'

export interface State {
  readonly connection: FlatConnectionState
  readonly monitor: MonitorState
  readonly session: SessionState
}

export const app = create()
app.use(dvaStatewire(client))
app.model(monitor)
app.model(session)
app.start()

export const useAppState: TypedUseSelectorHook<State> = useSelector
export const useDispatch = useReduxDispatch as () => Dispatch
