import { getLocal, removeLocal, setLocal } from '../../utils/local.js'

/** Who is signed in. The token stays in local storage: it is nobody's state. */
export const user = {
  namespaced: true,
  state: () => ({ hasPermission: getLocal('token') !== null, notice: '' }),
  mutations: {
    SIGNED_IN(state) {
      state.hasPermission = true
      state.notice = ''
    },
    SIGNED_OUT(state, notice) {
      state.hasPermission = false
      state.notice = notice
    },
  },
  actions: {
    /** Returns whether the server let the user in; if not, `notice` says why. */
    async login({ commit }, { name, password }) {
      const answer = await requestToken(name, password)
      if (answer.token) {
        setLocal('token', answer.token)
        commit('SIGNED_IN')
        return true
      }
      commit('SIGNED_OUT', answer.notice)
      return false
    },
    logout({ commit }, notice = '') {
      removeLocal('token')
      commit('SIGNED_OUT', notice)
    },
  },
}

async function requestToken(user, password) {
  try {
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user, password }),
    })
    const { token, message = 'The server refused the login.' } = await response.json()
    return token ? { token } : { notice: message }
  } catch {
    return { notice: 'The server cannot be reached. Is it running?' }
  }
}
