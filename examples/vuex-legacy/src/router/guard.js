import { store } from '../store/index.js'
import { CREATE_WEBSOCKET } from '../store/action-types.js'

/** Opens the connection at the first navigation after the login; navigation waits for nothing. */
export async function createWebsocket(to, from, next) {
  if (store.state.user.hasPermission && !store.state.ws) {
    void store.dispatch(CREATE_WEBSOCKET)
    next()
  } else {
    next()
  }
}

/** Leads those who are not signed in to the login page, and others away from it. */
export function checkPermission(to, from, next) {
  const home = store.state.user.hasPermission ? '/' : '/login'
  if (to.path === home) next()
  else next(home)
}
