import type { Dispatch } from '@statewire/dva'
import { client } from '../live/client.ts'
import { forget, requestToken, restore, save, type Answer } from '../live/session.ts'

export interface SessionState {
  readonly name: string | null
  /** What the login page has to tell: why a login failed, or why the last one ended. */
  readonly notice: string
}

interface Login {
  readonly payload: { readonly user: string; readonly password: string }
}

interface Commands {
  readonly call: (run: typeof requestToken, user: string, password: string) => unknown
  readonly put: (action: object) => unknown
}

/** The login, and with it the connection: it begins with a user and ends with a user. */
export const session = {
  namespace: 'session',
  state: { name: restore()?.name ?? null, notice: '' } satisfies SessionState as SessionState,
  reducers: {
    changed: (_: SessionState, { payload }: { payload: SessionState }): SessionState => payload,
  },
  effects: {
    *login({ payload: { user, password } }: Login, { call, put }: Commands): Generator<unknown, void, Answer> {
      const answer = yield call(requestToken, user, password)
      if ('notice' in answer) {
        yield put({ type: 'changed', payload: { name: null, notice: answer.notice } })
        return
      }
      save({ name: user, token: answer.token })
      yield put({ type: 'changed', payload: { name: user, notice: '' } })
      connect(user)
    },
    *logout({ payload: notice = '' }: { payload?: string }, { put }: Commands): Generator {
      forget()
      client.signOut()
      yield put({ type: 'changed', payload: { name: null, notice } })
    },
  },
  subscriptions: {
    /** Goes on after a reload, and ends the session when the server no longer accepts its token. */
    follow({ dispatch }: { dispatch: Dispatch }) {
      const user = restore()
      if (user) connect(user.name)
      return client.on('state', (state) => {
        if (state.status !== 'failed' || state.reason !== 'auth') return
        dispatch({ type: 'logout', payload: 'Your session is no longer valid. Please sign in again.' })
      })
    },
  },
}

function connect(user: string): void {
  client.signIn(user)
  // How it goes is told by state.connection, not by the promise.
  void client.connect()
}
